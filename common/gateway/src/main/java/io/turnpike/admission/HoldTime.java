package io.turnpike.admission;

/** How long turns keep their places of late; from it follows when one is free again. */
final class HoldTime {

  /** Of the latest turn in the mean. */
  private static final double WEIGHT = 0.05;

  private double nanos = -1;

  void add(long heldNanos) {
    nanos = nanos < 0 ? heldNanos : nanos + WEIGHT * (heldNanos - nanos);
  }

  /** Nanoseconds until a place is free for the last of so many turns; 0: nothing is known. */
  long untilFree(int turns, int places) {
    return nanos < 0 ? 0 : (long) (nanos * turns / Math.max(1, places));
  }
}
