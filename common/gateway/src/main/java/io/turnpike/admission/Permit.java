package io.turnpike.admission;

import io.turnpike.error.ApiError;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A turn's right to be under way, and its account: tokens are taken by an estimate when it begins,
 * and set right by what it used when it ends. For the loop of its turn.
 */
public final class Permit {

  private final Admission admission;
  private final Line line;
  private final Gate entered;
  private final long beganNanos;
  private long charged;
  private boolean released;

  Permit(Admission admission, Line line, long beganNanos) {
    this.admission = admission;
    this.line = line;
    this.entered = line.gate();
    this.beganNanos = beganNanos;
  }

  /**
   * Takes tokens of the caller's minute.
   *
   * @param estimate of the prompt and the answer; more than a whole minute's counts as that
   * @return why it may not go on, or null
   */
  public @Nullable ApiError charge(long estimate) {
    Bucket tokens = entered.tokens();
    if (tokens == null) {
      return null;
    }
    long amount = Math.clamp(estimate, 1, tokens.capacity());
    if (!tokens.take(amount)) {
      return Refusals.tooManyTokens(tokens, amount, entered, admission.gate());
    }
    charged = amount;
    return null;
  }

  /** Sets right what was charged. */
  public void settle(long used) {
    Bucket tokens = entered.tokens();
    if (tokens != null && !released) {
      tokens.charge(used - charged);
      tokens.giveBack(charged - used);
    }
    charged = used;
  }

  /** Tells the client what is left to it, as headers. */
  public void tell(BiConsumer<String, String> headers) {
    RateHeaders.tell(entered, admission.gate(), headers);
  }

  /** Gives it back; harmless when repeated. */
  public void release() {
    if (!released) {
      released = true;
      admission.ended(line, entered, beganNanos);
    }
  }
}
