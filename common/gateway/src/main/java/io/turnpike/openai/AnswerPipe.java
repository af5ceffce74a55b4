package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.turnpike.turn.Verdict;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one answer on their way from an engine to the client: held back until it is known to
 * be good, then given out in whole events, so that a client never sees half of one when an engine
 * dies, and an error event can follow at any time.
 *
 * <pre>
 *   in    role |  word word wo | rd word | wo          the engine dies
 *   out        |  role word word | word word |         an error event, by whoever uses this
 * </pre>
 *
 * <p>What is held is bounded: the hold limit until the answer is judged, then two events of {@value
 * EventStreamJudge#MAX_EVENT_BYTES} bytes beside what {@link #take} has not been asked for. Nothing
 * is copied, but a JSON answer with {@code kv_transfer_params}: those are cut out, because they
 * name hosts and ports of the cluster. Used by one thread at a time; has to be {@link #clear
 * cleared}.
 */
public final class AnswerPipe {

  private final AnswerJudge judge;
  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(4);

  private long heldBytes;
  private long givenOut;
  private boolean replaced;
  private boolean cleared;

  private AnswerPipe(AnswerJudge judge) {
    this.judge = judge;
  }

  /**
   * A pipe for an answer whose head is here.
   *
   * @param status the HTTP status
   * @param eventStream whether the body is a stream of events
   * @param holdLimit bytes held back at most; an answer that is larger goes out before it is whole
   * @param said takes the text of a stream that may go on elsewhere when it breaks off: an error
   *     event of the engine's is then held back; null: it may not
   */
  public static AnswerPipe of(
      int status, boolean eventStream, long holdLimit, @Nullable SaidText said) {
    return new AnswerPipe(AnswerJudge.of(status, eventStream, holdLimit, said));
  }

  /** Takes the next part, and its ownership; says what the answer is as far as is known. */
  public Verdict add(ByteBuf part) {
    int bytes = part.readableBytes();
    if (cleared || bytes == 0 || !judge.isOpen()) {
      part.release();
      return judge.verdict();
    }
    heldBytes += bytes;
    parts.add(part);
    return judge.add(part);
  }

  /** The body has ended as HTTP says it must. */
  public Verdict end() {
    Verdict verdict = judge.end();
    ByteBuf cleaned = cleared ? null : judge.cleaned(ByteBufAllocator.DEFAULT);
    if (cleaned != null) {
      releaseParts();
      parts.add(cleaned);
      heldBytes = cleaned.readableBytes();
      replaced = true;
    }
    return verdict;
  }

  /** The connection broke, or the leg was given up; an answer that is complete stays good. */
  public Verdict breakOff() {
    return judge.breakOff();
  }

  /** What the answer is, as far as is known. */
  public Verdict verdict() {
    return judge.verdict();
  }

  /**
   * Everything that may go to the client now, as one buffer that the caller releases; null if there
   * is nothing. Of an answer that is judged bad without a part of it having gone out, only one that
   * is no stream may go out.
   */
  public @Nullable ByteBuf take() {
    long bytes = replaced ? heldBytes : judge.passable() - givenOut;
    return cleared || bytes <= 0 ? null : take(bytes);
  }

  /**
   * Everything that is here, whatever it was judged to be, as one buffer; the caller releases it.
   */
  public ByteBuf takeWhole() {
    return heldBytes == 0 ? Unpooled.EMPTY_BUFFER : take(heldBytes);
  }

  private ByteBuf take(long bytes) {
    heldBytes -= bytes;
    givenOut += bytes;
    ByteBuf first = next(bytes);
    long left = bytes - first.readableBytes();
    if (left == 0) {
      return first;
    }
    CompositeByteBuf all = Unpooled.compositeBuffer(parts.size() + 1).addComponent(true, first);
    while (left > 0) {
      ByteBuf part = next(left);
      left -= part.readableBytes();
      all.addComponent(true, part);
    }
    return all;
  }

  /** The first part, or as much of it as is wanted. */
  private ByteBuf next(long bytes) {
    ByteBuf part = parts.element();
    return part.readableBytes() <= bytes ? parts.remove() : part.readRetainedSlice((int) bytes);
  }

  /** Bytes that are here and have not been given out. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Whether what was given out ends inside an event, one that is too large to be held. */
  public boolean endsInsideEvent() {
    return judge.endsInsideEvent();
  }

  /**
   * Whether an error event of the engine's own goes out with the rest, so that the client of an
   * answer that was cut need not be told again.
   */
  public boolean passesErrorOn() {
    return judge.passesErrorOn();
  }

  /** Token counts; complete at the end. */
  public Usage usage() {
    return judge.usage();
  }

  /**
   * Events with content so far, of a stream: about the number of tokens, where usage is not said.
   */
  public long contentEvents() {
    return judge.contentEvents();
  }

  /** What the engine said went wrong, for a person; null without it. */
  public @Nullable String errorMessage() {
    return judge.errorMessage();
  }

  /** Releases what was not given out; what comes later is released at once. */
  public void clear() {
    cleared = true;
    releaseParts();
    heldBytes = 0;
  }

  private void releaseParts() {
    ByteBuf part;
    while ((part = parts.poll()) != null) {
      part.release();
    }
  }
}
