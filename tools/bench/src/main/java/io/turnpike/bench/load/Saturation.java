package io.turnpike.bench.load;

import io.turnpike.bench.client.Measurement;
import java.util.Collection;
import java.util.Locale;
import java.util.LongSummaryStatistics;

/**
 * Whether a server kept up with an open loop: what it completed falls behind what was offered, or
 * latency grows from the first third of arrivals to the last. Constant memory; one thread.
 */
public final class Saturation {

  /** Fewer requests say nothing about growth. */
  static final int FEWEST = 30;

  private static final double BEHIND = 0.9;
  private static final double GROWTH = 1.5;
  private static final double SURE = 3;

  private final double offeredPerSecond;
  private final long windowNanos;
  private final double[] count = new double[3];
  private final double[] sum = new double[3];
  private final double[] squares = new double[3];
  private long startNanos = Long.MAX_VALUE;
  private long lastEndNanos;

  /** For a run with arrivals over that time; a rate of 0 is a closed loop, never saturated. */
  public Saturation(double offeredPerSecond, long windowNanos) {
    this.offeredPerSecond = offeredPerSecond;
    this.windowNanos = Math.max(1, windowNanos);
  }

  /** The verdict on requests that have all ended. */
  public static String of(double offeredPerSecond, Collection<Measurement> all) {
    LongSummaryStatistics due =
        all.stream().mapToLong(Measurement::scheduledNanos).summaryStatistics();
    Saturation saturation =
        new Saturation(offeredPerSecond, all.isEmpty() ? 0 : due.getMax() - due.getMin());
    saturation.start(due.getMin());
    all.forEach(saturation::add);
    return saturation.verdict();
  }

  /** The run's clock starts. */
  public void start(long nanos) {
    startNanos = nanos;
  }

  /** Takes a request that has ended; failures count too, as they take the server's time. */
  public void add(Measurement m) {
    int third = Math.clamp((m.scheduledNanos() - startNanos) * 3 / windowNanos, 0, 2);
    double millis = m.e2eMillis();
    count[third]++;
    sum[third] += millis;
    squares[third] += millis * millis;
    lastEndNanos = Math.max(lastEndNanos, m.endNanos());
  }

  /** A sentence that says how the server fell behind, or nothing if it did not. */
  public String verdict() {
    double total = count[0] + count[1] + count[2];
    if (offeredPerSecond == 0 || total < FEWEST || count[0] < 2 || count[2] < 2) {
      return "";
    }
    double calmSeconds = windowNanos / 1e9 + mean(0) / 1e3;
    double took = (lastEndNanos - startNanos) / 1e9;
    if (took * BEHIND > calmSeconds) {
      return String.format(
          Locale.ROOT,
          "saturated: %.2f/s completed of %.2f/s offered",
          total / took,
          offeredPerSecond);
    }
    double error = Math.sqrt(variance(0) / count[0] + variance(2) / count[2]);
    if (mean(2) > GROWTH * mean(0) && mean(2) - mean(0) > SURE * error) {
      return String.format(
          Locale.ROOT,
          "saturated: mean latency grew from %.0f to %.0f ms during the run",
          mean(0),
          mean(2));
    }
    return "";
  }

  private double mean(int third) {
    return sum[third] / Math.max(1, count[third]);
  }

  private double variance(int third) {
    return Math.max(0, squares[third] / Math.max(1, count[third]) - mean(third) * mean(third));
  }
}
