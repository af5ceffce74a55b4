package io.turnpike.simulator.replay;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** How a latency is spread, to three digits, in memory that does not grow with the turns. */
final class Spread {

  private static final double MICROS_PER_MILLI = 1000;
  private static final long LONGEST_MICROS = 100L * 3600 * 1_000_000;

  private final Histogram micros = new Histogram(LONGEST_MICROS, 3);
  private double sum;

  void add(double millis) {
    sum += millis;
    micros.recordValue(
        Math.min(LONGEST_MICROS, Math.max(0, Math.round(millis * MICROS_PER_MILLI))));
  }

  Quantiles quantiles() {
    long count = micros.getTotalCount();
    return new Quantiles(
        count == 0 ? 0 : round(sum / count),
        at(50),
        at(90),
        at(99),
        round(micros.getMaxValue() / MICROS_PER_MILLI));
  }

  private double at(double percent) {
    return round(micros.getValueAtPercentile(percent) / MICROS_PER_MILLI);
  }

  private static double round(double millis) {
    return Math.round(millis * 100) / 100.0;
  }

  /** A latency's figures in milliseconds. */
  record Quantiles(double mean, double p50, double p90, double p99, double max) {
    String line() {
      return String.format(Locale.ROOT, "%10.1f %10.1f %10.1f %10.1f", mean, p50, p90, p99);
    }
  }
}
