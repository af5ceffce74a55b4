package io.turnpike.turn;

import java.time.Duration;

/**
 * That a node said it has no room (408, 429, 503), and nothing else since. Once is an accident; a
 * node that says so again looks idle, because nothing is under way on it, and would be asked first
 * by every turn: it is left alone for a moment. Immutable.
 *
 * @param times in a row
 * @param atNanos when it said so last
 */
record Busy(int times, long atNanos) {

  private static final int MAX_TIMES = 2;
  private static final long AVOIDED_NANOS = Duration.ofSeconds(1).toNanos();

  static Busy onceAt(long nowNanos) {
    return new Busy(1, nowNanos);
  }

  /** Said again. */
  Busy andAgain(Busy later) {
    return new Busy(Math.min(times + 1, MAX_TIMES), later.atNanos);
  }

  boolean isAvoidedAt(long nowNanos) {
    return times >= MAX_TIMES && nowNanos - atNanos < AVOIDED_NANOS;
  }
}
