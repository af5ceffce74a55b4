package io.turnpike.registry.zmq;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what one peer sends in ZMTP 3 (rfc.zeromq.org/spec/23 and 37), as libzmq 4 speaks it:
 * greeting, then frames. Never holds more than one small frame, whatever the peer sends: frames
 * that no ping has are counted and forgotten as they come, and a message of too many of them is an
 * end. One connection, one thread.
 */
final class ZmtpReader {

  /** The longest message; pings have at most {@value PingDecoder#MAX_PING_BYTES} bytes. */
  static final int MAX_MESSAGE_BYTES = 64 << 10;

  static final int MAX_MESSAGE_PARTS = 16;

  static final int GREETING_BYTES = 64;

  private static final int MAX_COMMAND_BYTES = 2048;
  private static final int SIGNATURE_BYTES = 10;
  private static final int VERSION_AT = 10;
  private static final int MECHANISM_AT = 12;
  private static final byte[] NULL_MECHANISM = Arrays.copyOf("NULL".getBytes(US_ASCII), 20);

  private static final int MORE = 1;
  private static final int LONG_SIZE = 2;
  private static final int COMMAND = 4;

  private enum State {
    GREETING,
    FLAGS,
    SIZE,
    BODY
  }

  /** What was read. */
  sealed interface Event {

    /** The greeting is over: commands may be sent. */
    record Greeted() implements Event {}

    /** A command, with its name as the peer wrote it. */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to a parser, never compared
    record Command(byte[] body) implements Event {}

    /** A message of one part. */
    @SuppressWarnings("ArrayRecordComponent")
    record Message(byte[] payload) implements Event {}

    /** A message that is no ping, whatever is in it. */
    record NoPing(DropReason reason) implements Event {}

    /** The peer does not speak the protocol, or too much of it: it is to be left. */
    record Violation(String what) implements Event {}
  }

  private State state = State.GREETING;
  private byte[] kept = new byte[GREETING_BYTES];
  private int keptBytes;
  private int flags;
  private long size;
  private int sizeBytes;
  private int sizeBytesWanted;
  private long bodyBytes;
  private boolean keeps;
  private int parts;
  private long messageBytes;

  /** The next event; null once all bytes are read. Nothing is to be read after a violation. */
  @Nullable Event next(ByteBuf in) {
    while (in.isReadable()) {
      Event event =
          switch (state) {
            case GREETING -> greeting(in);
            case FLAGS -> flags(in.readUnsignedByte());
            case SIZE -> size(in.readUnsignedByte());
            case BODY -> body(in);
          };
      if (event != null) {
        return event;
      }
    }
    return null;
  }

  private @Nullable Event greeting(ByteBuf in) {
    int part = Math.min(in.readableBytes(), GREETING_BYTES - keptBytes);
    in.readBytes(kept, keptBytes, part);
    keptBytes += part;
    boolean signed =
        (kept[0] & 0xff) == 0xff
            && (keptBytes < SIGNATURE_BYTES || (kept[SIGNATURE_BYTES - 1] & 1) == 1);
    if (!signed || (keptBytes > VERSION_AT && kept[VERSION_AT] < 3)) {
      return new Event.Violation("no greeting of ZMTP 3");
    }
    if (keptBytes < GREETING_BYTES) {
      return null;
    }
    int end = MECHANISM_AT + NULL_MECHANISM.length;
    if (!Arrays.equals(kept, MECHANISM_AT, end, NULL_MECHANISM, 0, NULL_MECHANISM.length)) {
      return new Event.Violation("another mechanism than NULL");
    }
    state = State.FLAGS;
    return new Event.Greeted();
  }

  private @Nullable Event flags(int read) {
    flags = read;
    boolean moreOfACommand = (read & COMMAND) != 0 && (read & MORE) != 0;
    if (moreOfACommand || (read & ~(MORE | LONG_SIZE | COMMAND)) != 0) {
      return new Event.Violation("flags that no frame has");
    }
    size = 0;
    sizeBytes = 0;
    sizeBytesWanted = (read & LONG_SIZE) == 0 ? 1 : Long.BYTES;
    state = State.SIZE;
    return null;
  }

  private @Nullable Event size(int read) {
    size = size << Byte.SIZE | read;
    sizeBytes++;
    if (sizeBytes < sizeBytesWanted) {
      return null;
    }
    boolean command = (flags & COMMAND) != 0;
    if (size < 0 || size > (command ? MAX_COMMAND_BYTES : MAX_MESSAGE_BYTES)) {
      return new Event.Violation("a frame too large");
    }
    if (!command) {
      parts++;
      messageBytes += size;
      if (parts > MAX_MESSAGE_PARTS || messageBytes > MAX_MESSAGE_BYTES) {
        return new Event.Violation("a message too large");
      }
    }
    keeps = command || (parts == 1 && size <= PingDecoder.MAX_PING_BYTES);
    kept = keeps ? new byte[(int) size] : new byte[0];
    keptBytes = 0;
    bodyBytes = size;
    state = State.BODY;
    return bodyBytes == 0 ? frameEnds() : null;
  }

  private @Nullable Event body(ByteBuf in) {
    int part = (int) Math.min(in.readableBytes(), bodyBytes);
    if (keeps) {
      in.readBytes(kept, keptBytes, part);
      keptBytes += part;
    } else {
      in.skipBytes(part);
    }
    bodyBytes -= part;
    return bodyBytes == 0 ? frameEnds() : null;
  }

  private @Nullable Event frameEnds() {
    state = State.FLAGS;
    byte[] body = kept;
    if ((flags & COMMAND) != 0) {
      return new Event.Command(body);
    }
    if ((flags & MORE) != 0) {
      return null;
    }
    int all = parts;
    parts = 0;
    messageBytes = 0;
    if (all > 1) {
      return new Event.NoPing(DropReason.FRAMES);
    }
    return keeps ? new Event.Message(body) : new Event.NoPing(DropReason.OVERSIZED);
  }
}
