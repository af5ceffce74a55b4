package io.turnpike.turn;

import java.time.Duration;

/**
 * What turns taught about one P–D pair of late: after three lost handoffs in a row it is left alone
 * for 5 s, then one turn tries it; each failure doubles the pause, up to 60 s. A success ends it,
 * and so does a new life of P or D, which is another pair: vLLM 0.32 fails every pull from a P that
 * came back under its old engine id, for good. Immutable.
 *
 * @param lost handoffs in a row since the last success
 * @param pauseNanos how long the pair is left alone; 0: it is not
 * @param nextTryNanos when a turn may try it
 */
record PairRepute(int lost, long pauseNanos, long nextTryNanos) {

  /** Nothing is held against it. */
  static final PairRepute GOOD = new PairRepute(0, 0, 0);

  /** Lost handoffs in a row after which a pair is left alone. */
  static final int MAX_LOST = 3;

  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(60).toNanos();

  /** One more handoff was lost. */
  PairRepute lostAt(long nowNanos) {
    if (lost + 1 < MAX_LOST) {
      return new PairRepute(lost + 1, 0, 0);
    }
    long pause = isSuspended() ? Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS) : FIRST_PAUSE_NANOS;
    return new PairRepute(lost + 1, pause, nowNanos + pause);
  }

  /** One turn tries it; the others wait for what comes of that. */
  PairRepute triedAt(long nowNanos) {
    return isSuspended() ? new PairRepute(lost, pauseNanos, nowNanos + pauseNanos) : this;
  }

  boolean isSuspended() {
    return pauseNanos > 0;
  }

  /** Whether the last loss suspended it. */
  boolean isNewlySuspended() {
    return lost == MAX_LOST;
  }

  boolean mayTryAt(long nowNanos) {
    return !isSuspended() || nowNanos - nextTryNanos >= 0;
  }
}
