package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.turnpike.turn.Verdict;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Judges a streamed answer (SSE as vLLM 0.32 sends it: one {@code data:} line an event, lines ended
 * by LF or CRLF). An event may go to the client when it is whole and was found harmless, and
 * nothing before the first content does.
 *
 * <pre>
 *   role   word   word   word  finish_reason "stop"  usage  [DONE]     a whole answer
 *   role   word   word   word  finish_reason "abort" …                 the engine gave it up
 *   role   word   word   {"error":…}  [DONE]                           the engine says that it failed
 *   role   word   wo                                                   the engine died
 *   HELD | GOOD             | CUT from here
 * </pre>
 *
 * <p>Every event is parsed until one has a text; an event that differs from it in nothing but the
 * text costs two comparisons and the length of the text ({@link ChunkShape}); all else is parsed. A
 * search for each line's end, and a look at the last bytes only, costs more and proves less. Memory
 * is bounded: of a line over {@value #MAX_EVENT_BYTES} bytes only the start is looked at, and an
 * event that is larger is passed on before it is whole.
 */
final class EventStreamJudge implements AnswerJudge {

  /** The longest line that is looked at whole, and the largest event that is waited for. */
  static final int MAX_EVENT_BYTES = 64 * 1024;

  private static final int FIRST_WINDOW_BYTES = 512;

  private final long holdLimit;
  private final @Nullable SaidText said;
  private final ChunkShape shape = new ChunkShape();

  private Verdict verdict = Verdict.HELD;
  private boolean opened;
  private boolean finished;
  private boolean done;
  private long contentEvents;
  private Usage usage = Usage.UNKNOWN;
  private @Nullable String errorMessage;

  /** Where the engine's own error event begins, when it came after content. */
  private long errorAt = Long.MAX_VALUE;

  /** The bytes that are looked at now: a line whose end has not come yet, and what came with it. */
  private byte[] window = new byte[FIRST_WINDOW_BYTES];

  private int windowBytes;
  private long windowAt;
  private boolean insideLongLine;

  /** The end of what may go out: of the last whole event but for one that is too large. */
  private long cleanTo;

  private boolean insideLargeEvent;

  /**
   * @param said takes the text, for an answer that may go on elsewhere when it breaks off; an error
   *     event of the engine's is then no part of what may go out
   */
  EventStreamJudge(long holdLimit, @Nullable SaidText said) {
    this.holdLimit = holdLimit;
    this.said = said;
  }

  @Override
  public Verdict add(ByteBuf part) {
    int at = part.readerIndex();
    int end = part.writerIndex();
    while (at < end && isOpen()) {
      int length = Math.min(end - at, window.length - windowBytes);
      part.getBytes(at, window, windowBytes, length);
      windowBytes += length;
      at += length;
      look();
    }
    return verdict;
  }

  @Override
  public boolean isOpen() {
    return verdict == Verdict.HELD || verdict == Verdict.GOOD || errorAt != Long.MAX_VALUE;
  }

  /** Looks at the lines in the window that are whole, and makes room for more. */
  private void look() {
    int at = 0;
    int next = 0;
    while (next >= 0 && isOpen()) {
      at = next;
      next = lookAtLine(at);
    }
    forget(at);
    passHeldOver(windowAt + windowBytes);
    if (windowBytes == window.length) {
      makeRoom();
    }
  }

  /** The place behind the next line or event, or −1 if it is not whole. */
  private int lookAtLine(int at) {
    int end = contentEvents > 0 ? shape.endOfEvent(window, at, windowBytes) : -1;
    if (end >= 0 && isWatched()) {
      contentEvents++;
      if (said != null) {
        said.like(window, shape.textStart(at), shape.textEnd(end));
      }
      eventEnds(end);
      return end;
    }
    int lineEnd = at;
    while (lineEnd < windowBytes && window[lineEnd] != '\n') {
      lineEnd++;
    }
    if (lineEnd == windowBytes) {
      return -1;
    }
    passHeldOver(windowAt + lineEnd + 1);
    line(at, lineEnd);
    return lineEnd + 1;
  }

  /** What is larger than may be held is passed on. */
  private void passHeldOver(long seen) {
    if (verdict == Verdict.HELD && seen > holdLimit) {
      open();
    }
  }

  private void open() {
    verdict = Verdict.GOOD;
    opened = true;
  }

  private void forget(int bytes) {
    windowBytes -= bytes;
    windowAt += bytes;
    System.arraycopy(window, bytes, window, 0, windowBytes);
  }

  private void makeRoom() {
    if (window.length < MAX_EVENT_BYTES) {
      window = Arrays.copyOf(window, 2 * window.length);
    } else {
      if (!insideLongLine) {
        data(0, windowBytes);
        insideLongLine = true;
      }
      passLargeEvent(windowBytes);
      forget(windowBytes);
    }
  }

  private void line(int from, int to) {
    if (insideLongLine) {
      insideLongLine = false;
      passLargeEvent(to + 1);
    } else if (to == from || (to == from + 1 && window[from] == '\r')) {
      eventEnds(to + 1);
    } else {
      data(from, to);
      if (windowAt + to - cleanTo >= MAX_EVENT_BYTES) {
        passLargeEvent(to + 1);
      }
    }
  }

  private void eventEnds(int at) {
    cleanTo = windowAt + at;
    insideLargeEvent = false;
    if (said != null) {
      said.eventEnds();
    }
  }

  private void passLargeEvent(int to) {
    if (isOpen()) {
      cleanTo = windowAt + to;
      insideLargeEvent = true;
      if (said != null) {
        said.lose();
      }
    }
  }

  /** Whether an event can still change the verdict. */
  private boolean isWatched() {
    return !done && errorAt == Long.MAX_VALUE;
  }

  private void data(int from, int to) {
    if (!isWatched()) {
      return;
    }
    switch (SseLine.of(window, from, to)) {
      case CHUNK -> chunk(from, to);
      case DONE -> endMark();
      case OTHER -> {}
    }
  }

  private void chunk(int from, int to) {
    AnswerReader chunk = AnswerReader.read(window, SseLine.dataStart(window, from), to);
    if (chunk.isFailed()) {
      error(chunk, from);
      return;
    }
    if (chunk.isAborted()) {
      verdict = Verdict.CUT;
      return;
    }
    finished |= chunk.isFinished();
    if (!chunk.usage().equals(Usage.UNKNOWN)) {
      usage = chunk.usage();
    }
    boolean content = chunk.hasContent();
    if (content) {
      open();
    }
    if (content || (contentEvents > 0 && chunk.hasChoices())) {
      contentEvents++;
    }
    if (said != null) {
      said.chunk(chunk, window, SseLine.dataStart(window, from), to);
    }
    if (chunk.isLikeOthers() && to < windowBytes) {
      shape.learn(window, from, chunk.textAt(), to);
      if (said != null) {
        said.shape(chunk);
      }
    }
  }

  private void error(AnswerReader chunk, int from) {
    errorMessage = chunk.errorMessage();
    if (verdict == Verdict.HELD) {
      verdict = Verdict.FAILED;
    } else {
      verdict = Verdict.CUT;
      errorAt = said == null ? windowAt + from : Long.MAX_VALUE;
    }
  }

  private void endMark() {
    if (verdict == Verdict.HELD) {
      verdict = Verdict.EMPTY;
    } else if (finished) {
      done = true;
    } else {
      verdict = Verdict.CUT;
    }
  }

  @Override
  public Verdict end() {
    if (isOpen() && !insideLongLine && SseLine.of(window, 0, windowBytes) == SseLine.DONE) {
      data(0, windowBytes); // the end mark without its line end
    }
    if (done) {
      cleanTo = windowAt + windowBytes;
    } else if (isOpen()) {
      verdict = Verdict.CUT;
    }
    return verdict;
  }

  @Override
  public Verdict breakOff() {
    return end();
  }

  @Override
  public Verdict verdict() {
    return verdict;
  }

  @Override
  public long passable() {
    return opened ? cleanTo : 0;
  }

  @Override
  public boolean endsInsideEvent() {
    return insideLargeEvent;
  }

  @Override
  public boolean passesErrorOn() {
    return errorAt < cleanTo;
  }

  @Override
  public Usage usage() {
    return usage;
  }

  @Override
  public long contentEvents() {
    return contentEvents;
  }

  @Override
  public @Nullable String errorMessage() {
    return errorMessage;
  }

  @Override
  public @Nullable ByteBuf cleaned(ByteBufAllocator allocator) {
    return null;
  }
}
