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
