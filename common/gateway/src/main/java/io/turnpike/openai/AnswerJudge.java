package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.turnpike.turn.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Tells from its bytes alone what an engine's answer to the leg that decodes is, and how much of it
 * may go to the client. Buffers are only read, never moved or kept. Used by one thread at a time.
 *
 * <pre>
 *   HELD ─┬─ GOOD ── CUT
 *         └─ REFUSED, BUSY, FAILED, EMPTY, CUT
 * </pre>
 *
 * <p>Places count from the answer's first byte, so that the answer of a second engine can be judged
 * by a second judge.
 */
sealed interface AnswerJudge permits EventStreamJudge, WholeAnswerJudge {

  /**
   * A judge for an answer whose head is here.
   *
   * @param holdLimit bytes of an answer that are held at most; one that is larger is passed on
   *     without being looked at whole
   * @param said takes the text of a stream that may go on elsewhere when it breaks off
   */
  static AnswerJudge of(int status, boolean eventStream, long holdLimit, @Nullable SaidText said) {
    return eventStream && status == 200
        ? new EventStreamJudge(holdLimit, said)
        : new WholeAnswerJudge(status, holdLimit);
  }

  /** Looks at everything readable in a buffer, the next part of the answer. */
  Verdict add(ByteBuf part);

  /** The body has ended as HTTP says it must. */
  Verdict end();

  /** The connection broke, or the leg was given up. */
  Verdict breakOff();

  /** What the answer is, as far as is known. */
  Verdict verdict();

  /** Whether what follows can change something, or go out. */
  boolean isOpen();

  /** Bytes from the answer's start that may go to the client; never fewer than before. */
  long passable();

  /** Whether what may go out ends inside an event, one that is too large to be held. */
  boolean endsInsideEvent();

  /** Whether an error event of the engine's own is in what may go out. */
  boolean passesErrorOn();

  /** Token counts; complete at the end. */
  Usage usage();

  /** Events with content, of a stream: about tokens. */
  long contentEvents();

  /** What the engine said went wrong, for a person; null without it. */
  @Nullable String errorMessage();

  /** A new buffer that goes out in place of the whole answer; null if that may go as it came. */
  @Nullable ByteBuf cleaned(ByteBufAllocator allocator);
}
