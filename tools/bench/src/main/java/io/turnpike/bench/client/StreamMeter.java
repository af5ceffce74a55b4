package io.turnpike.bench.client;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Measures one answer while it arrives: server-sent events, or one JSON body. An event split over
 * several reads counts with its last byte; events that arrive together share their time. One
 * thread.
 */
final class StreamMeter {

  /** A longer event is an error of the server. */
  static final int MOST_EVENT_BYTES = 16 << 20;

  private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final LongConsumer gaps;
  private final boolean streamed;
  private final boolean keepText;
  private final JsonKeys keys = new JsonKeys();
  private final ByteArrayOutputStream text = new ByteArrayOutputStream(0);

  private byte[] line = new byte[512];
  private int length;
  private int chunks;
  private long firstNanos;
  private long lastChunkNanos;
  private long lastNanos;
  private long maxGapNanos;
  private boolean done;
  private String error = "";

  /**
   * A meter for one answer.
   *
   * @param gaps gets the time between each two chunks with text, ns
   */
  StreamMeter(boolean streamed, boolean keepText, LongConsumer gaps) {
    this.streamed = streamed;
    this.keepText = keepText;
    this.gaps = gaps;
  }

  /** Takes what has arrived; does not release it. */
  void read(ByteBuf bytes, long nowNanos) {
    int readable = bytes.readableBytes();
    lastNanos = nowNanos;
    if (length + readable > line.length) {
      if (length + readable > MOST_EVENT_BYTES) {
        throw new IllegalStateException(
            "an event of more than %d bytes".formatted(MOST_EVENT_BYTES));
      }
      line = Arrays.copyOf(line, Math.max(line.length * 2, length + readable));
    }
    int from = length;
    bytes.readBytes(line, length, readable);
    length += readable;
    if (streamed) {
      lines(from, nowNanos);
    }
  }

  /** The answer has ended in order. */
  void end(long nowNanos) {
    if (streamed) {
      event(0, length, nowNanos);
    } else {
      keys.read(line, 0, length);
      done = true;
      if (keys.hasText || keys.completionTokens > 0) {
        firstNanos = nowNanos;
        chunks = keys.hasText ? 1 : 0;
        keep();
      }
    }
    length = 0;
  }

  private void lines(int searchFrom, long nowNanos) {
    int start = 0;
    for (int i = searchFrom; i < length; i++) {
      if (line[i] == '\n') {
        event(start, i > start && line[i - 1] == '\r' ? i - 1 : i, nowNanos);
        start = i + 1;
      }
    }
    if (start > 0) {
      System.arraycopy(line, start, line, 0, length - start);
      length -= start;
    }
  }

  private void event(int from, int to, long nowNanos) {
    if (!startsWith(DATA, from, to)) {
      return;
    }
    int payload = from + DATA.length;
    while (payload < to && line[payload] == ' ') {
      payload++;
    }
    if (startsWith(DONE, payload, to)) {
      done = true;
      return;
    }
    keys.read(line, payload, to);
    if (keys.hasError) {
      error = new String(line, payload, to - payload, StandardCharsets.UTF_8);
    } else if (keys.hasText) {
      chunk(nowNanos);
    }
  }

  private void chunk(long nowNanos) {
    if (chunks++ == 0) {
      firstNanos = nowNanos;
    } else {
      long gap = nowNanos - lastChunkNanos;
      maxGapNanos = Math.max(maxGapNanos, gap);
      gaps.accept(gap);
    }
    lastChunkNanos = nowNanos;
    keep();
  }

  private void keep() {
    if (keepText && keys.hasText) {
      text.write(line, keys.textFrom, keys.textTo - keys.textFrom);
    }
  }

  private boolean startsWith(byte[] what, int from, int to) {
    return to - from >= what.length
        && Arrays.equals(line, from, from + what.length, what, 0, what.length);
  }

  int chunks() {
    return chunks;
  }

  long firstNanos() {
    return firstNanos;
  }

  /** When the last byte came. */
  long lastNanos() {
    return lastNanos;
  }

  long maxGapNanos() {
    return maxGapNanos;
  }

  /** Whether the answer is whole. */
  boolean isWhole() {
    return done || keys.finished;
  }

  /** The error event, or nothing. */
  String error() {
    return error;
  }

  int promptTokens() {
    return Math.max(0, keys.promptTokens);
  }

  int cachedTokens() {
    return Math.max(0, keys.cachedTokens);
  }

  /** The text as it stood in JSON, still escaped. */
  String text() {
    return text.toString(StandardCharsets.UTF_8);
  }

  /** What came so far of an answer that is not a stream. */
  String raw() {
    return new String(line, 0, length, StandardCharsets.UTF_8);
  }

  /**
   * Whether the server's count can be believed: there, not above what was asked for, and not below
   * the chunks with text, each of which holds at least one token.
   */
  TokenSource tokenSource(int maxTokens) {
    int said = keys.completionTokens;
    if (said < 0) {
      return TokenSource.CHUNKS;
    }
    boolean believable = said >= chunks && said <= maxTokens;
    return believable ? TokenSource.USAGE : TokenSource.CHUNKS_USAGE_WRONG;
  }

  int outputTokens(int maxTokens) {
    return tokenSource(maxTokens) == TokenSource.USAGE ? keys.completionTokens : chunks;
  }
}
