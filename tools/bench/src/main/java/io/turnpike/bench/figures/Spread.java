package io.turnpike.bench.figures;

import org.HdrHistogram.Histogram;

/**
 * How values, milliseconds mostly, are spread, in constant memory: HdrHistogram with three digits,
 * so percentiles are within 0.1 %; mean and deviation are exact. One thread.
 */
public final class Spread {

  private static final long MOST_MICROS = 24L * 3_600 * 1_000_000;
  private static final double MICROS = 1_000;

  private final Histogram histogram = new Histogram(1, MOST_MICROS, 3);
  private long count;
  private double sum;
  private double squares;
  private double min = Double.MAX_VALUE;
  private double max;

  /** Adds a value; below zero counts as zero. */
  public void add(double millis) {
    double value = Math.max(0, millis);
    histogram.recordValue(Math.min(MOST_MICROS, Math.round(value * MICROS)));
    count++;
    sum += value;
    squares += value * value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }

  public long count() {
    return count;
  }

  /** Zero without values, like all that follow. */
  public double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** Standard deviation of the values themselves, as numpy's {@code std}. */
  public double deviation() {
    return count == 0 ? 0 : Math.sqrt(Math.max(0, squares / count - mean() * mean()));
  }

  public double min() {
    return count == 0 ? 0 : min;
  }

  public double max() {
    return max;
  }

  /** A percentile, 0 to 100. */
  public double percentile(double percent) {
    double value = histogram.getValueAtPercentile(percent) / MICROS;
    return Math.clamp(value, min(), Math.max(min(), max));
  }
}
