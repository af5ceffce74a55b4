package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.turnpike.openai.AnswerReader.Form;
import io.turnpike.turn.Verdict;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Judges an answer that is one JSON object, and any answer that is no 200, when it is whole.
 *
 * <p>A 200 that is not one JSON object is taken for a failure: chats and completions have no other
 * form, no client could read it, and nothing of it has gone out yet. Only what JSON says of the
 * answer counts: one without choices and without an error is passed on.
 */
final class WholeAnswerJudge implements AnswerJudge {

  private static final byte[] NOTHING = {};

  private final int status;
  private final long holdLimit;

  private byte[] body = NOTHING;
  private int bodyBytes;
  private long seen;
  private Verdict verdict = Verdict.HELD;
  private @Nullable AnswerReader answer;

  WholeAnswerJudge(int status, long holdLimit) {
    this.status = status;
    this.holdLimit = Math.min(holdLimit, Integer.MAX_VALUE / 2);
  }

  @Override
  public Verdict add(ByteBuf part) {
    int length = part.readableBytes();
    seen += length;
    if (verdict != Verdict.HELD) {
      return verdict;
    }
    if (seen > holdLimit) {
      body = NOTHING;
      verdict = ofStatus();
      return verdict;
    }
    if (seen > body.length) {
      body = Arrays.copyOf(body, Math.max((int) seen, 2 * bodyBytes));
    }
    part.getBytes(part.readerIndex(), body, bodyBytes, length);
    bodyBytes = (int) seen;
    return verdict;
  }

  @Override
  public Verdict end() {
    if (verdict == Verdict.HELD) {
      answer = AnswerReader.read(body, 0, bodyBytes);
      verdict = status == 200 ? ofBody(answer) : ofStatus();
    }
    return verdict;
  }

  private Verdict ofStatus() {
    return switch (status) {
      case 200 -> Verdict.GOOD;
      case 408, 429, 503 -> Verdict.BUSY;
      default -> status >= 400 && status < 500 ? Verdict.REFUSED : Verdict.FAILED;
    };
  }

  private Verdict ofBody(AnswerReader read) {
    if (JsonBytes.skipBlank(body, 0, bodyBytes) == bodyBytes) {
      return Verdict.EMPTY;
    }
    if (read.form() == Form.CUT_OFF || read.isAborted()) {
      return Verdict.CUT;
    }
    boolean failed = read.form() == Form.NO_OBJECT || (read.isFailed() && !read.hasChoices());
    return failed ? Verdict.FAILED : Verdict.GOOD;
  }

  @Override
  public Verdict breakOff() {
    if (answer == null) {
      verdict = Verdict.CUT;
    }
    return verdict;
  }

  @Override
  public Verdict verdict() {
    return verdict;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public long passable() {
    return verdict == Verdict.HELD ? 0 : seen;
  }

  @Override
  public boolean endsInsideEvent() {
    return false;
  }

  @Override
  public boolean passesErrorOn() {
    return false;
  }

  @Override
  public Usage usage() {
    return answer == null ? Usage.UNKNOWN : answer.usage();
  }

  @Override
  public long contentEvents() {
    return 0;
  }

  @Override
  public @Nullable String errorMessage() {
    return answer == null ? null : answer.errorMessage();
  }

  @Override
  public @Nullable ByteBuf cleaned(ByteBufAllocator allocator) {
    return verdict == Verdict.GOOD && answer != null && answer.hasKvTransferParams()
        ? answer.withoutKvTransferParams(allocator)
        : null;
  }
}
