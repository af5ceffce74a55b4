package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Watches a streamed answer (SSE, as vLLM 0.32 sends it: one {@code data:} line an event, lines
 * ended by LF or CRLF) while its buffers are relayed. Buffers are only read, never moved or kept.
 *
 * <p>Until the first content every event is parsed. From then on an event costs a search for its
 * line end and a look at its first bytes; the last line is copied, so that the usage can be read
 * when somebody asks. Memory is bounded: of a line longer than {@value #MAX_LINE_BYTES} bytes only
 * the start is looked at. Used by one thread at a time.
 */
public final class StreamTap {

  /** The longest line that is looked at whole. */
  public static final int MAX_LINE_BYTES = 64 * 1024;

  /** How far a stream has come. */
  public enum Phase {
    /** No event yet, or only comments. */
    NOTHING,
    /** Only events without content, such as the first one with the role. */
    ROLE_ONLY,
    /** Something of the answer has been seen. */
    CONTENT,
    /** An error event has been seen; stays so whatever follows. */
    FAILED,
    /** The end mark has been seen, and no error. */
    DONE
  }

  private static final int FIRST_LINE_BYTES = 512;

  private Phase phase = Phase.NOTHING;
  private boolean content;
  private long contentEvents;
  private @Nullable String errorMessage;

  private final byte[] head = new byte[SseLine.HEAD_BYTES];

  /** The start of a line whose end has not come yet, at most {@link #MAX_LINE_BYTES}. */
  private byte[] partial = new byte[FIRST_LINE_BYTES];

  private int partialBytes;

  /** The last event's line, at most {@link #MAX_LINE_BYTES} of it, for its usage. */
  private byte[] last = new byte[FIRST_LINE_BYTES];

  private int lastBytes;
  private @Nullable AnswerReader lastChunk;

  /** Looks at everything readable in a buffer. */
  public void observe(ByteBuf buffer) {
    int at = buffer.readerIndex();
    int end = buffer.writerIndex();
    int keepFrom = 0;
    int keepTo = 0;
    while (at < end) {
      int lineEnd = buffer.indexOf(at, end, (byte) '\n');
      if (lineEnd < 0) {
        extendPartial(buffer, at, end);
        break;
      }
      if (partialBytes > 0 || !content) {
        extendPartial(buffer, at, lineEnd);
        partialLine();
        keepTo = keepFrom;
      } else if (lineEnd - at > 1 && isChunk(buffer, at, lineEnd)) {
        keepFrom = at;
        keepTo = lineEnd;
      }
      at = lineEnd + 1;
    }
    if (keepTo > keepFrom) {
      keep(buffer, keepFrom, keepTo);
    }
  }

  /** How far the stream has come. */
  public Phase phase() {
    return phase;
  }

  /** Number of events from the first content on, without a usage chunk at the end: about tokens. */
  public long contentEvents() {
    boolean usageOnly = contentEvents > 0 && !lastChunk().hasChoices();
    return usageOnly ? contentEvents - 1 : contentEvents;
  }

  /** The usage that the last event carries; meant to be asked at the end, because it parses. */
  public Usage usage() {
    return lastChunk().usage();
  }

  /** What the error event said, for a person; null without one. */
  public @Nullable String errorMessage() {
    return errorMessage;
  }

  /** After the first content: looks at a line's first bytes; says whether it is a chunk. */
  private boolean isChunk(ByteBuf buffer, int from, int to) {
    int length = Math.min(to - from, SseLine.HEAD_BYTES);
    buffer.getBytes(from, head, 0, length);
    switch (SseLine.of(head, 0, length)) {
      case CHUNK -> {
        contentEvents++;
        return true;
      }
      case DONE -> done();
      case ERROR -> {
        extendPartial(buffer, from, to);
        partialLine();
      }
      case OTHER -> {}
    }
    return false;
  }

  private void extendPartial(ByteBuf buffer, int from, int to) {
    int length = Math.min(to - from, MAX_LINE_BYTES - partialBytes);
    if (partialBytes + length > partial.length) {
      int room = Math.max(2 * partial.length, partialBytes + length);
      partial = Arrays.copyOf(partial, Math.min(room, MAX_LINE_BYTES));
    }
    buffer.getBytes(from, partial, partialBytes, length);
    partialBytes += length;
  }

  /** The line in {@link #partial} is whole. */
  private void partialLine() {
    switch (SseLine.of(partial, 0, partialBytes)) {
      case CHUNK -> partialChunk(!content);
      case ERROR -> partialChunk(true);
      case DONE -> done();
      case OTHER -> {}
    }
    partialBytes = 0;
  }

  private void partialChunk(boolean parsed) {
    AnswerReader chunk = null;
    if (parsed) {
      chunk = AnswerReader.read(partial, SseLine.dataStart(partial, 0), partialBytes);
      if (chunk.isFailed()) {
        fail(chunk);
        return;
      }
      content |= chunk.hasContent();
      if (phase != Phase.FAILED) {
        phase = content ? Phase.CONTENT : Phase.ROLE_ONLY;
      }
    }
    if (content) {
      contentEvents++;
    }
    byte[] reused = last;
    last = partial;
    lastBytes = partialBytes;
    lastChunk = chunk;
    partial = reused;
  }

  private void keep(ByteBuf buffer, int from, int to) {
    lastBytes = Math.min(to - from, MAX_LINE_BYTES);
    if (lastBytes > last.length) {
      last = new byte[Math.min(2 * lastBytes, MAX_LINE_BYTES)];
    }
    buffer.getBytes(from, last, 0, lastBytes);
    lastChunk = null;
  }

  private AnswerReader lastChunk() {
    AnswerReader chunk = lastChunk;
    if (chunk == null) {
      chunk = AnswerReader.read(last, Math.min(SseLine.dataStart(last, 0), lastBytes), lastBytes);
      lastChunk = chunk;
    }
    return chunk;
  }

  private void fail(AnswerReader error) {
    phase = Phase.FAILED;
    if (errorMessage == null) {
      errorMessage = error.errorMessage();
    }
  }

  private void done() {
    if (phase != Phase.FAILED) {
      phase = Phase.DONE;
    }
  }
}
