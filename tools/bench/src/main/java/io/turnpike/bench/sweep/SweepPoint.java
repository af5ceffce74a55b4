package io.turnpike.bench.sweep;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.figures.Spread;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.LoadResult;
import io.turnpike.bench.report.Trust;
import io.turnpike.bench.run.LoadConfig;
import java.util.Locale;
import java.util.Map;

/**
 * A point of a sweep: what was measured, and everything that it was measured with.
 *
 * @param asked the load and the server's address
 * @param server what the server said about itself
 * @param environment of the load generator
 */
public record SweepPoint(
    String timestamp,
    LoadConfig asked,
    ServerFacts server,
    Environment environment,
    Figures figures,
    Trust trust) {

  /** The original tool's columns, and two of ours. */
  static final String HEADER =
      "p50_ttft,p95_ttft,min_ttft,max_ttft,p50_tps,p95_tps,mean_tps,total_tokens,wall_time_sec,"
          + "aggregate_throughput,failures,valid";

  /**
   * The original tool's figures, in its units: seconds, and tokens a second.
   *
   * @param p50Ttft from when a request was sent, as {@link Measurement#ttftFromSendMillis}
   * @param p50Tps of single requests
   * @param aggregateThroughput of all of them
   */
  record Figures(
      double p50Ttft,
      double p95Ttft,
      double minTtft,
      double maxTtft,
      double p50Tps,
      double p95Tps,
      double meanTps,
      long totalTokens,
      double wallTimeSec,
      double aggregateThroughput,
      Map<String, Long> failures) {

    static Figures of(LoadResult result) {
      Tally tally = result.tally();
      Spread ttft = tally.ttftFromSend();
      Spread tps = tally.tokensPerSecond();
      return new Figures(
          ttft.percentile(50) / 1000,
          ttft.percentile(95) / 1000,
          ttft.min() / 1000,
          ttft.max() / 1000,
          tps.percentile(50),
          tps.percentile(95),
          tps.mean(),
          tally.outputTokens(),
          tally.seconds(),
          tally.perSecond(tally.outputTokens()),
          tally.failures());
    }
  }

  /** The point as a CSV of one line. */
  String csv() {
    long failed = figures.failures().values().stream().mapToLong(Long::longValue).sum();
    return HEADER
        + String.format(
            Locale.ROOT,
            "%n%.6f,%.6f,%.6f,%.6f,%.3f,%.3f,%.3f,%d,%.3f,%.3f,%d,%s%n",
            figures.p50Ttft(),
            figures.p95Ttft(),
            figures.minTtft(),
            figures.maxTtft(),
            figures.p50Tps(),
            figures.p95Tps(),
            figures.meanTps(),
            figures.totalTokens(),
            figures.wallTimeSec(),
            figures.aggregateThroughput(),
            failed,
            trust.valid());
  }
}
