package io.turnpike.simulator.table;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Averages and percentiles. */
public final class Figures {

  private Figures() {}

  /** The arithmetic mean; NaN of nothing. */
  public static double mean(double[] values) {
    return DoubleStream.of(values).average().orElse(Double.NaN);
  }

  /** The median; NaN of nothing. */
  public static double median(double[] values) {
    return percentile(values, 50);
  }

  /** By linear interpolation between the two nearest ranks. */
  public static double percentile(double[] values, double percent) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double rank = percent / 100 * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }

  /** How far a simulated value is from the measured one, signed, as a share of it. */
  public static double error(double simulated, double measured) {
    return simulated / measured - 1;
  }
}
