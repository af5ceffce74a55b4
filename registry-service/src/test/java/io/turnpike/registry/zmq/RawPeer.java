package io.turnpike.registry.zmq;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;

/** A peer that says what it is told to, frame by frame. */
public final class RawPeer implements AutoCloseable {

  /** The flag of a frame that is not the last of its message. */
  public static final int MORE = 1;

  private static final int LONG_SIZE = 2;
  private static final int COMMAND = 4;
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;

  /**
   * @param endpoint such as {@code tcp://127.0.0.1:30001}
   */
  public RawPeer(String endpoint) {
    try {
      URI uri = URI.create(endpoint);
      socket = new Socket(uri.getHost(), uri.getPort());
      socket.setSoTimeout(PATIENCE_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connected, and through the handshake of a DEALER. */
  public static RawPeer dealer(String endpoint) {
    RawPeer peer = new RawPeer(endpoint);
    peer.send(greeting(), ready("DEALER"));
    peer.read(ZmtpReader.GREETING_BYTES + ZmtpCommand.ready().readableBytes());
    return peer;
  }

  /** Sends; an error if the connection is closed. */
  public void send(ByteBuf... frames) {
    try {
      socket.getOutputStream().write(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(frames)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads so many bytes. */
  public byte[] read(int bytes) {
    try {
      return socket.getInputStream().readNBytes(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the other side has closed the connection; what it says until then is lost. */
  public boolean isLeft() {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (IOException e) {
      return !(e instanceof java.net.SocketTimeoutException);
    }
  }

  static ByteBuf greeting() {
    return Unpooled.buffer(ZmtpReader.GREETING_BYTES)
        .writeBytes(ByteBufUtil.decodeHexDump("ff00000000000000007f03014e554c4c"))
        .writeZero(ZmtpReader.GREETING_BYTES - 16);
  }

  static ByteBuf ready(String socketType) {
    ByteBuf body = Unpooled.buffer();
    body.writeByte(5).writeCharSequence("READY", US_ASCII);
    body.writeByte(8).writeCharSequence("Identity", US_ASCII);
    body.writeInt(3).writeCharSequence("abc", US_ASCII);
    body.writeByte(11).writeCharSequence("Socket-Type", US_ASCII);
    body.writeInt(socketType.length()).writeCharSequence(socketType, US_ASCII);
    return frame(COMMAND, ByteBufUtil.getBytes(body));
  }

  /** A command frame. */
  public static ByteBuf command(byte[] body) {
    return frame(COMMAND, body);
  }

  /** One frame. */
  public static ByteBuf frame(int flags, byte[] body) {
    ByteBuf frame = Unpooled.buffer(body.length + 9);
    return body.length < 256
        ? frame.writeByte(flags).writeByte(body.length).writeBytes(body)
        : frame.writeByte(flags | LONG_SIZE).writeLong(body.length).writeBytes(body);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
