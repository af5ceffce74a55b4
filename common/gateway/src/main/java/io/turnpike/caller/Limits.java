package io.turnpike.caller;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much a caller, or a whole gateway, may have. A part that is null is not limited here.
 *
 * @param requestsPerSecond turns that may begin in a second, in the long run; may be a fraction
 * @param burst turns that may begin at once after a pause; null: those of one second
 * @param turns under way at once
 * @param queue turns that may wait for one of these limits
 * @param maxWait the longest that one of them waits
 * @param tokensPerMinute tokens of prompts and answers
 */
public record Limits(
    @Nullable Double requestsPerSecond,
    @Nullable Integer burst,
    @Nullable Integer turns,
    @Nullable Integer queue,
    @Nullable Duration maxWait,
    @Nullable Long tokensPerMinute) {

  /** Nothing is limited. */
  public static final Limits NONE = new Limits(null, null, null, null, null, null);

  /** The slowest rate: one turn in a quarter of an hour. */
  private static final double SLOWEST = 0.001;

  /** Faster than any gateway. */
  private static final double FASTEST = 1_000_000;

  public Limits {
    if (requestsPerSecond != null
        && !(requestsPerSecond >= SLOWEST && requestsPerSecond <= FASTEST)) {
      throw wrong("requests-per-second", requestsPerSecond, "0.001 to 1000000");
    }
    atLeast("burst", burst, 1);
    atLeast("turns", turns, 1);
    atLeast("queue", queue, 0);
    atLeast("tokens-per-minute", tokensPerMinute, 1);
    if (maxWait != null && maxWait.isNegative()) {
      throw wrong("max-wait", maxWait, "a time of 0s or more");
    }
    if (burst != null && requestsPerSecond == null) {
      throw wrong("burst", burst, "requests-per-second beside it");
    }
  }

  private static void atLeast(String name, @Nullable Number value, long least) {
    if (value != null && value.longValue() < least) {
      throw wrong(name, value, least + " or more");
    }
  }

  private static IllegalArgumentException wrong(String name, Object value, String expected) {
    return new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
  }

  /** These, and where they say nothing, others. */
  public Limits or(Limits others) {
    boolean ownRate = requestsPerSecond != null;
    return new Limits(
        ownRate ? requestsPerSecond : others.requestsPerSecond,
        ownRate ? burst : others.burst,
        turns != null ? turns : others.turns,
        queue != null ? queue : others.queue,
        maxWait != null ? maxWait : others.maxWait,
        tokensPerMinute != null ? tokensPerMinute : others.tokensPerMinute);
  }
}
