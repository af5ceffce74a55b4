package io.turnpike.turn;

import io.turnpike.cost.NodeWork;
import io.turnpike.turn.Effect.Burden;
import io.turnpike.turn.Effect.Slot;

/**
 * What one gateway has under way on one node, added up, so that a look at it takes no longer with
 * more turns. Thread-safe; all fields are guarded by its monitor, which nobody holds for longer
 * than a few additions.
 */
final class NodeTally {

  private static final double NANOS_PER_MILLI = 1e6;

  /** After it, KV that came counts 1/e. */
  private static final double MEMORY_NANOS = 30e9;

  private int turns;
  private long tokens;
  private long waitingTokens;
  private double waitingSquares;
  private int waitingPrompts;
  private int handedOver;
  private long headSinceNanos;
  private int decodes;
  private long contextTokens;
  private double expectedTokens;
  private double decodingSince;
  private int committed;
  private long committedContext;
  private double committedTokens;
  private double heldTokens;
  private long heldAtNanos;

  /** A turn that holds a place. */
  static final class Held {
    final Slot slot;
    final Burden burden;
    final double expectedTokens;
    double decodingSince = Double.NaN;

    Held(Slot slot, Burden burden, double expectedTokens) {
      this.slot = slot;
      this.burden = burden;
      this.expectedTokens = expectedTokens;
    }

    private double square() {
      return (double) burden.computeTokens() * burden.promptTokens();
    }
  }

  synchronized void takes(Held held, long nowNanos) {
    Burden burden = held.burden;
    turns++;
    tokens += burden.tokens();
    if (burden.computeTokens() > 0) {
      headSinceNanos = waitingPrompts++ == 0 ? nowNanos : headSinceNanos;
      waitingTokens += burden.computeTokens();
      waitingSquares += held.square();
    }
    if (held.slot == Slot.PREFILL) {
      handedOver++;
    } else {
      commit(held, 1);
      remember(burden.newTokens() + held.expectedTokens, nowNanos);
    }
  }

  private void commit(Held held, int sign) {
    committed += sign;
    committedContext += sign * held.burden.promptTokens();
    committedTokens += sign * held.expectedTokens;
  }

  private void remember(double newTokens, long nowNanos) {
    heldTokens = held(nowNanos) + newTokens;
    heldAtNanos = nowNanos;
  }

  private double held(long nowNanos) {
    return heldTokens == 0 ? 0 : heldTokens * Math.exp((heldAtNanos - nowNanos) / MEMORY_NANOS);
  }

  /** The prompt is computed, or the answer has begun by its KV from elsewhere. */
  synchronized void promptDone(Held held, long nowNanos) {
    endPrompt(held, nowNanos);
    if (held.slot == Slot.ANSWER) {
      commit(held, -1);
      held.decodingSince = nowNanos;
      decodes++;
      contextTokens += held.burden.promptTokens();
      expectedTokens += held.expectedTokens;
      decodingSince += held.decodingSince;
    }
  }

  private void endPrompt(Held held, long nowNanos) {
    if (held.burden.computeTokens() > 0) {
      waitingPrompts--;
      waitingTokens -= held.burden.computeTokens();
      waitingSquares = waitingPrompts == 0 ? 0 : waitingSquares - held.square();
      headSinceNanos = nowNanos;
    }
    handedOver -= held.slot == Slot.PREFILL ? 1 : 0;
  }

  /** The turn has left. */
  synchronized void givesBack(Held held, long nowNanos) {
    turns--;
    tokens -= held.burden.tokens();
    if (Double.isNaN(held.decodingSince)) {
      if (held.slot == Slot.ANSWER) {
        endPrompt(held, nowNanos);
        commit(held, -1);
      }
      return;
    }
    decodes--;
    contextTokens -= held.burden.promptTokens();
    expectedTokens = decodes == 0 ? 0 : expectedTokens - held.expectedTokens;
    decodingSince = decodes == 0 ? 0 : decodingSince - held.decodingSince;
  }

  synchronized void tell(NodeWork work, long nowNanos) {
    work.cachedTokens = 0;
    work.promptTokens = waitingTokens;
    work.promptSquares = waitingSquares;
    work.handedOver = handedOver;
    work.headMillis = waitingPrompts == 0 ? 0 : (nowNanos - headSinceNanos) / NANOS_PER_MILLI;
    work.decodes = decodes;
    work.contextTokens = contextTokens;
    work.expectedTokens = expectedTokens;
    work.decodingMillis =
        Math.max(0, ((double) nowNanos * decodes - decodingSince) / NANOS_PER_MILLI);
    work.committed = committed;
    work.committedContext = committedContext;
    work.committedTokens = committedTokens;
    work.heldTokens = held(nowNanos);
  }

  synchronized int turns() {
    return turns;
  }

  synchronized long tokens() {
    return tokens;
  }

  synchronized long waitingTokens() {
    return waitingTokens;
  }
}
