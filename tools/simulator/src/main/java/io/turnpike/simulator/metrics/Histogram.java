package io.turnpike.simulator.metrics;

/** A Prometheus histogram with fixed buckets. Thread-safe. */
final class Histogram {

  private final double[] bounds;
  private final long[] counts;
  private long count;
  private double sum;

  /** Upper bounds, rising; the infinite one is implied. */
  Histogram(double... bounds) {
    this.bounds = bounds.clone();
    this.counts = new long[bounds.length];
  }

  synchronized void record(double value) {
    count++;
    sum += value;
    for (int i = bounds.length - 1; i >= 0 && value <= bounds[i]; i--) {
      counts[i]++;
    }
  }

  /** Writes buckets, count and sum with these labels (without braces). */
  synchronized void write(StringBuilder out, String name, String labels) {
    for (int i = 0; i < bounds.length; i++) {
      bucket(out, name, labels, Double.toString(bounds[i]), counts[i]);
    }
    bucket(out, name, labels, "+Inf", count);
    out.append(name).append("_count{").append(labels).append("} ").append((double) count);
    out.append('\n').append(name).append("_sum{").append(labels).append("} ").append(sum);
    out.append('\n');
  }

  private static void bucket(
      StringBuilder out, String name, String labels, String bound, long count) {
    out.append(name).append("_bucket{").append(labels).append(",le=\"").append(bound);
    out.append("\"} ").append((double) count).append('\n');
  }
}
