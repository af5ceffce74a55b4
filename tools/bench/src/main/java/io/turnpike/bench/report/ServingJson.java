package io.turnpike.bench.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.figures.Spread;
import io.turnpike.bench.load.Tally;
import java.util.Map;

/**
 * A load's result file: the keys of {@code vllm bench serve} (0.32.0), those of the original {@code
 * bench_pd.py}, then our own.
 *
 * @param requestRate what was offered, or {@code inf} for a closed loop
 * @param requestGoodput requests a second that met the objective
 * @param ttft from when a request was sent, as {@code vllm bench serve} counts, and the others
 * @param ttftFromSchedule from when it was due
 * @param ttftEnds under the names of {@code bench_pd.py}
 * @param tps tokens a second of single requests, as {@code bench_pd.py} counts
 * @param saturation how the server fell behind, empty if it did not
 */
public record ServingJson(
    String backend,
    String modelId,
    int numPrompts,
    Object requestRate,
    double burstiness,
    int maxConcurrency,
    double duration,
    long completed,
    long failed,
    long totalInputTokens,
    long totalOutputTokens,
    double requestThroughput,
    double requestGoodput,
    double outputThroughput,
    double totalTokenThroughput,
    @JsonUnwrapped(suffix = "_ttft_ms") Latency ttft,
    @JsonUnwrapped(suffix = "_tpot_ms") Latency tpot,
    @JsonUnwrapped(suffix = "_itl_ms") Latency itl,
    @JsonUnwrapped(suffix = "_e2el_ms") Latency e2el,
    @JsonUnwrapped(suffix = "_ttft_from_schedule_ms") Latency ttftFromSchedule,
    @JsonUnwrapped(suffix = "_e2el_from_schedule_ms") Latency e2elFromSchedule,
    @JsonUnwrapped(suffix = "_ttft_ms") Ends ttftEnds,
    @JsonUnwrapped(suffix = "_tps") Speed tps,
    Map<String, Long> failures,
    Map<String, Long> routes,
    Map<TokenSource, Long> tokenSources,
    long cachedTokens,
    int clientPool,
    boolean partial,
    String saturation,
    @JsonUnwrapped Trust trust,
    Environment environment,
    Object config) {

  /** Milliseconds. */
  public record Latency(double mean, double median, double std, double p90, double p99) {
    static Latency of(Spread of) {
      return new Latency(
          of.mean(), of.percentile(50), of.deviation(), of.percentile(90), of.percentile(99));
    }
  }

  /** Milliseconds. */
  public record Ends(double p95, double min, double max) {}

  /** Tokens a second. */
  public record Speed(double p50, double p95, double mean) {}

  /** Of a load. */
  public static ServingJson of(LoadResult result, Environment environment, Object config) {
    Tally tally = result.tally();
    Spread ttft = tally.ttftFromSend();
    Spread tps = tally.tokensPerSecond();
    return new ServingJson(
        "turnpike-bench",
        result.model(),
        result.asked(),
        result.ratePerSecond() > 0 ? result.ratePerSecond() : "inf",
        1,
        result.concurrency(),
        tally.seconds(),
        tally.successes(),
        tally.failed(),
        tally.promptTokens(),
        tally.outputTokens(),
        tally.perSecond(tally.successes()),
        tally.perSecond(tally.good()),
        tally.perSecond(tally.outputTokens()),
        tally.perSecond(tally.outputTokens() + tally.promptTokens()),
        Latency.of(ttft),
        Latency.of(tally.tpot()),
        Latency.of(tally.itl()),
        Latency.of(tally.e2eFromSend()),
        Latency.of(tally.ttft()),
        Latency.of(tally.e2e()),
        new Ends(ttft.percentile(95), ttft.min(), ttft.max()),
        new Speed(tps.percentile(50), tps.percentile(95), tps.mean()),
        tally.failures(),
        tally.routes(),
        tally.tokenSources(),
        tally.cachedTokens(),
        result.clientPool(),
        result.isPartial(),
        result.saturation(),
        Trust.of(result.self()),
        environment,
        config);
  }
}
