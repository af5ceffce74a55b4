package io.turnpike.bench.figures;

import java.util.Arrays;
import java.util.Locale;

/**
 * The mean of several runs and how sure it is: half the width of its 95 % interval by Student's t.
 *
 * @param mean of the runs
 * @param half of the interval; NaN for fewer than two runs, which say nothing about it
 * @param runs how many
 */
public record Confidence(double mean, double half, int runs) {

  /** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom. */
  private static final double[] T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  private static final double T_MANY = 1.96;

  /** Of one value for each run. */
  public static Confidence of(double... values) {
    int n = values.length;
    double mean = Arrays.stream(values).average().orElse(0);
    if (n < 2) {
      return new Confidence(mean, Double.NaN, n);
    }
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    double error = Math.sqrt(squares / (n - 1) / n);
    double t = n - 2 < T.length ? T[n - 2] : T_MANY;
    return new Confidence(mean, t * error, n);
  }

  /** Whether there is an interval at all. */
  public boolean isKnown() {
    return !Double.isNaN(half);
  }

  /** For people. */
  public String text() {
    return isKnown()
        ? String.format(Locale.ROOT, "%.1f ± %.1f", mean, half)
        : String.format(Locale.ROOT, "%.1f (one run)", mean);
  }
}
