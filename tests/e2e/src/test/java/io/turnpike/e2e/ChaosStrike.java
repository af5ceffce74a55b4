package io.turnpike.e2e;

import java.time.Duration;

/**
 * One thing that was done to the suite.
 *
 * @param what the kind, as the table names it
 * @param target the component it was done to
 * @param fromNanos when it began
 * @param toNanos when the component was as before; {@link Long#MAX_VALUE}: it is not yet
 */
record ChaosStrike(String what, String target, long fromNanos, long toNanos) {

  /** A probe a second, and two in a row, until a node that came back gets turns again. */
  private static final Duration SEEN_WELL_AFTER = Duration.ofSeconds(4);

  ChaosStrike ended(long nowNanos) {
    return new ChaosStrike(what, target, fromNanos, nowNanos);
  }

  /** Whether the target may have been without effect at some time between these two. */
  boolean mayTouch(long from, long to) {
    return fromNanos <= to && (toNanos == Long.MAX_VALUE || seenWellNanos() >= from);
  }

  /** Whether the target may have been without effect at that time. */
  boolean mayTouch(long at) {
    return mayTouch(at, at);
  }

  private long seenWellNanos() {
    return toNanos + SEEN_WELL_AFTER.toNanos();
  }
}
