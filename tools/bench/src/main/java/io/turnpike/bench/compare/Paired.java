package io.turnpike.bench.compare;

import io.turnpike.bench.figures.Confidence;

/**
 * A figure of two modes on the same conversations, a pair of values for each conversation.
 *
 * @param first of the first mode
 * @param second of the second mode
 * @param difference first minus second, pair by pair, so that what makes conversations differ from
 *     each other is not in it
 */
public record Paired(Confidence first, Confidence second, Confidence difference) {

  /** Of values in the same order. */
  public static Paired of(double[] first, double[] second) {
    double[] differences = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      differences[i] = first[i] - second[i];
    }
    return new Paired(Confidence.of(first), Confidence.of(second), Confidence.of(differences));
  }

  /** How many times as fast the second is: above 1 it is ahead. */
  public double speedUp() {
    return second.mean() > 0 ? first.mean() / second.mean() : Double.NaN;
  }

  /** Whether the 95 % interval of the difference has zero in it, or there is no interval. */
  public boolean isWithinNoise() {
    return !difference.isKnown() || Math.abs(difference.mean()) <= difference.half();
  }
}
