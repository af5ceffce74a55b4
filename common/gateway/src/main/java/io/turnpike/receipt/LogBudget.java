package io.turnpike.receipt;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many lines a reason may still have before somebody begins the next span of time. Reasons are
 * words of ours, so that there is a known number of them. Thread-safe, without a lock.
 */
final class LogBudget {

  private final int lines;
  private final ConcurrentHashMap<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  /**
   * @param lines that a reason has in a span
   */
  LogBudget(int lines) {
    this.lines = lines;
  }

  /** Whether this reason may have a line; if not, it counts as left out. */
  boolean allows(String reason) {
    return asked.computeIfAbsent(reason, _ -> new AtomicInteger()).incrementAndGet() <= lines;
  }

  /** Begins the next span; what was left out in the one before, by reason. */
  Map<String, Integer> next() {
    Map<String, Integer> leftOut = new TreeMap<>();
    asked.forEach(
        (reason, count) -> {
          int more = count.getAndSet(0) - lines;
          if (more > 0) {
            leftOut.put(reason, more);
          }
        });
    return leftOut;
  }
}
