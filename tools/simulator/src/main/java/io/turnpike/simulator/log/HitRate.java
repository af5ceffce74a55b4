package io.turnpike.simulator.log;

import java.util.ArrayDeque;
import java.util.Deque;

/** The share of tokens found in a cache, over the last 1,000 requests, as vLLM counts it. */
final class HitRate {

  static final int REQUESTS = 1_000;

  private final Deque<Asked> recent = new ArrayDeque<>();
  private long queries;
  private long hits;

  private record Asked(int queries, int hits) {}

  /** A request asked for so many tokens, and so many of them were there. */
  void add(int asked, int found) {
    recent.addLast(new Asked(asked, found));
    queries += asked;
    hits += found;
    if (recent.size() > REQUESTS) {
      Asked oldest = recent.removeFirst();
      queries -= oldest.queries();
      hits -= oldest.hits();
    }
  }

  boolean isEmpty() {
    return recent.isEmpty();
  }

  double percent() {
    return queries == 0 ? 0 : 100.0 * hits / queries;
  }
}
