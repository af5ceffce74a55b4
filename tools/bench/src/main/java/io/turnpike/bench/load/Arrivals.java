package io.turnpike.bench.load;

import java.util.SplittableRandom;

/**
 * When requests are due, in ns from a run's start, in order. The same seed gives the same arrivals,
 * so that every mode gets the same load.
 */
public final class Arrivals {

  private Arrivals() {}

  /** A Poisson process of {@code count} arrivals. */
  public static long[] poisson(double perSecond, int count, long seed) {
    check(perSecond, count);
    SplittableRandom random = new SplittableRandom(seed);
    long[] due = new long[count];
    double seconds = 0;
    for (int i = 0; i < count; i++) {
      seconds += random.nextExponential() / perSecond;
      due[i] = Math.round(seconds * 1e9);
    }
    return due;
  }

  /**
   * A Poisson process of {@code count} arrivals, stretched so that the last is due when the rate
   * says: {@code vllm bench serve} (0.32.0) does so, and the rate asked for is the rate offered.
   */
  public static long[] stretchedPoisson(double perSecond, int count, long seed) {
    long[] due = poisson(perSecond, count, seed);
    double factor = count * 1e9 / perSecond / Math.max(1, due[count - 1]);
    for (int i = 0; i < count; i++) {
      due[i] = Math.round(due[i] * factor);
    }
    return due;
  }

  /** Evenly spaced arrivals. */
  public static long[] even(double perSecond, int count) {
    check(perSecond, count);
    long[] due = new long[count];
    for (int i = 0; i < count; i++) {
      due[i] = Math.round(i * 1e9 / perSecond);
    }
    return due;
  }

  private static void check(double perSecond, int count) {
    if (!(perSecond > 0) || count < 1) {
      throw new IllegalArgumentException(
          "rate: %s a second, %d requests (expected: more than 0, 1 or more)"
              .formatted(perSecond, count));
    }
  }
}
