package io.turnpike.simulator.workload;

import java.util.random.RandomGenerator;

/** The Poisson process, with arithmetic that gives the same bits on every machine. */
public final class Arrivals {

  private Arrivals() {}

  /** Seconds until the next arrival. */
  public static double gapSeconds(double perSecond, RandomGenerator random) {
    return -StrictMath.log1p(-random.nextDouble()) / perSecond;
  }
}
