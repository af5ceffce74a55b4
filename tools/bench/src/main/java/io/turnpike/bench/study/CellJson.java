package io.turnpike.bench.study;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.study.TurnJson.Percentiles;
import java.util.List;
import java.util.Map;

/**
 * What came of a cell, in a result file: the keys of the original study's files, and our own after
 * them. Times in ms.
 *
 * @param inputTokens new in each turn, as the workload is called, like {@code outputTokens}
 * @param realQps turns of each number that were offered a second
 * @param turnMetrics by {@code turn1_metrics} and so on
 * @param realInputTokens new in each turn as the server counts, mean
 * @param realOutputTokens of an answer as the server counts, mean
 * @param completedQps successes of the last turn a second
 * @param rawMetrics every turn
 */
public record CellJson(
    String workload,
    int inputTokens,
    int outputTokens,
    double targetQps,
    String mode,
    double durationS,
    int sampleCount,
    int successCount,
    int failureCount,
    double realQps,
    @JsonUnwrapped(suffix = "_ttft") Percentiles ttft,
    double minTtft,
    double maxTtft,
    @JsonUnwrapped(suffix = "_e2e") Percentiles e2e,
    double avgThroughputTps,
    long totalTokens,
    @JsonAnyGetter Map<String, TurnJson> turnMetrics,
    double realInputTokens,
    double realOutputTokens,
    double completedQps,
    Map<String, Integer> failures,
    Map<String, Integer> routes,
    Map<String, Integer> tokenSources,
    double avgTtftFromSend,
    double avgE2eFromSend,
    long goodCount,
    double goodputQps,
    String saturation,
    Generator loadGenerator,
    List<Raw> rawMetrics) {

  /** What the load generator says about itself. */
  public record Generator(
      double lagP99Ms,
      double lagMaxMs,
      double cpuShare,
      boolean valid,
      List<String> invalidBecause) {}

  /** One turn; times that there were not are 0, as in the original files. */
  public record Raw(
      String reqId,
      String mode,
      String workload,
      double qpsTarget,
      int inputLen,
      int outputLen,
      double startTime,
      double ttftMs,
      double e2eLatencyMs,
      int outputTokens,
      double throughputTps,
      double tpotMs,
      boolean success,
      String error,
      int turn,
      double ttftFromSendMs,
      double e2eFromSendMs,
      int cachedTokens,
      String tokenSource,
      String route) {}
}
