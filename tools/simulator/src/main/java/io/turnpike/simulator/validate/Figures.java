package io.turnpike.simulator.validate;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Averages and percentiles. */
final class Figures {

  private Figures() {}

  static double mean(double[] values) {
    return DoubleStream.of(values).average().orElse(Double.NaN);
  }

  static double median(double[] values) {
    return percentile(values, 50);
  }

  /** By linear interpolation between the two nearest ranks. */
  static double percentile(double[] values, double percent) {
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
  static double error(double simulated, double measured) {
    return simulated / measured - 1;
  }
}
