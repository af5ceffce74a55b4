package io.turnpike.simulator.engine;

import io.turnpike.cost.FrontEndCosts;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The way in: one request after the other is tokenised, then each waits its fixed delay. First in,
 * first out; bounded by the requests that the driver has under way.
 */
final class FrontEnd {

  private record Entry(Sequence sequence, long readyNanos) {}

  private final FrontEndCosts costs;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long serialFreeNanos = Long.MIN_VALUE;
  private long lastReadyNanos = Long.MIN_VALUE;

  FrontEnd(FrontEndCosts costs) {
    this.costs = costs;
  }

  void enter(Sequence sequence, int cachedTokens, long nowNanos) {
    serialFreeNanos = Math.max(serialFreeNanos, nowNanos) + nanos(costs.serialMillis());
    double overlapping = costs.beforeMillis() + costs.historyTokenMillis() * cachedTokens;
    lastReadyNanos = Math.max(lastReadyNanos, serialFreeNanos + nanos(overlapping));
    entries.add(new Entry(sequence, lastReadyNanos));
  }

  long nextNanos() {
    Entry first = entries.peekFirst();
    return first == null ? Long.MAX_VALUE : first.readyNanos;
  }

  /** The next sequence that has come through by now, or null. */
  @Nullable Sequence poll(long nowNanos) {
    Entry first = entries.peekFirst();
    if (first == null || first.readyNanos > nowNanos) {
      return null;
    }
    entries.removeFirst();
    return first.sequence;
  }

  /** Its client is gone; what it has been given of the serial part is spent. */
  void leave(Sequence sequence) {
    entries.removeIf(entry -> entry.sequence == sequence);
  }

  int size() {
    return entries.size();
  }

  static long nanos(double millis) {
    return Math.round(millis * 1_000_000.0);
  }
}
