package io.turnpike.simulator.engine;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** KV under way to this engine whose arrival is known, by time. */
final class Transfers {

  private record Arrival(Sequence sequence, long atNanos) implements Comparable<Arrival> {
    @Override
    public int compareTo(Arrival other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence.number, other.sequence.number);
    }
  }

  private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();

  void expect(Sequence sequence, long atNanos) {
    arrivals.add(new Arrival(sequence, atNanos));
  }

  long nextNanos() {
    Arrival next = arrivals.peek();
    return next == null ? Long.MAX_VALUE : next.atNanos;
  }

  /** The next sequence whose KV is here by now, or null. */
  @Nullable Sequence poll(long nowNanos) {
    return nextNanos() <= nowNanos ? arrivals.remove().sequence : null;
  }

  void forget(Sequence sequence) {
    arrivals.removeIf(arrival -> arrival.sequence == sequence);
  }
}
