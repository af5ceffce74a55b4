package io.turnpike.registry.zmq;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;

/** The bytes that a ROUTER socket says in ZMTP 3, and what it is told. Immutable; thread-safe. */
final class ZmtpCommand {

  /** Which sockets may speak to a ROUTER. */
  private static final Set<String> SOCKETS = Set.of("DEALER", "REQ", "ROUTER");

  /** Version 3.0, mechanism NULL, padded with zeros; a peer waits for the signature at its head. */
  private static final byte[] GREETING =
      Arrays.copyOf(
          ByteBufUtil.decodeHexDump("ff00000000000000017f03004e554c4c"), ZmtpReader.GREETING_BYTES);

  private static final int COMMAND = 4;
  private static final int PING_HEAD = "_PING__".length();
  private static final int MAX_CONTEXT = 16;

  private ZmtpCommand() {}

  static ByteBuf greeting() {
    return Unpooled.wrappedBuffer(GREETING);
  }

  static ByteBuf ready() {
    ByteBuf body = Unpooled.buffer();
    name(body, "READY");
    property(body, "Socket-Type", "ROUTER");
    property(body, "Identity", "");
    return frame(body);
  }

  private static void name(ByteBuf to, String name) {
    to.writeByte(name.length()).writeCharSequence(name, US_ASCII);
  }

  private static void property(ByteBuf to, String name, String value) {
    name(to, name);
    to.writeInt(value.length()).writeCharSequence(value, US_ASCII);
  }

  private static ByteBuf frame(ByteBuf body) {
    return Unpooled.wrappedBuffer(
        Unpooled.buffer(2).writeByte(COMMAND).writeByte(body.readableBytes()), body);
  }

  /** Whether a command has that name. */
  static boolean is(String name, byte[] command) {
    int length = name.length();
    return command.length > length
        && command[0] == length
        && new String(command, 1, length, US_ASCII).equals(name);
  }

  /** Whether a READY is that of a socket that may speak to this one. */
  static boolean mayBegin(byte[] ready) {
    ByteBuffer properties = ByteBuffer.wrap(ready, 1 + ready[0], ready.length - 1 - ready[0]);
    while (properties.hasRemaining()) {
      byte[] name = bytes(properties, properties.get() & 0xff);
      int length = properties.remaining() < Integer.BYTES ? -1 : properties.getInt();
      byte[] value = bytes(properties, length);
      if (new String(name, US_ASCII).equalsIgnoreCase("Socket-Type")) {
        return SOCKETS.contains(new String(value, US_ASCII));
      }
    }
    return false;
  }

  /** That many bytes; all there are if they are fewer, which no property then follows. */
  private static byte[] bytes(ByteBuffer from, int length) {
    byte[] bytes = new byte[length < 0 ? 0 : Math.min(length, from.remaining())];
    from.get(bytes);
    return bytes;
  }

  /** The answer to a PING: its context comes back. */
  static ByteBuf pong(byte[] ping) {
    int context = Math.clamp(ping.length - (long) PING_HEAD, 0, MAX_CONTEXT);
    ByteBuf body = Unpooled.buffer();
    name(body, "PONG");
    body.writeBytes(ping, Math.min(PING_HEAD, ping.length), context);
    return frame(body);
  }
}
