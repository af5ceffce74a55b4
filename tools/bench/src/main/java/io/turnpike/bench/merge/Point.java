package io.turnpike.bench.merge;

import tools.jackson.databind.JsonNode;

/**
 * A result of a study file, ours or the original tools'. Milliseconds; turn-2 figures where there
 * are any, since that is what modes differ in.
 *
 * @param halfTtft half of the 95 % interval of the mean TTFT, NaN if unknown
 */
public record Point(
    String workload,
    double qps,
    String mode,
    double ttft,
    double halfTtft,
    double p50Ttft,
    double p90Ttft,
    double p99Ttft,
    double tpot,
    double e2e,
    double throughput,
    double goodput,
    double successRate,
    double cachedTokens,
    double promptTokens) {

  /** Reads one; keys that are missing count as zero. */
  public static Point of(JsonNode result) {
    JsonNode turn = result.path("turn2_metrics");
    JsonNode of = turn.path("avg_ttft").isNumber() ? turn : result;
    double samples = result.path("sample_count").asDouble(0);
    return new Point(
        result.path("workload").asString(""),
        result.path("target_qps").asDouble(0),
        mode(result.path("mode").asString("")),
        number(of, "avg_ttft"),
        of.path("ci95").path("avg_ttft").asDouble(Double.NaN),
        number(of, "p50_ttft"),
        number(of, "p90_ttft"),
        number(of, "p99_ttft"),
        number(of, "avg_tpot"),
        number(of, "avg_e2e"),
        number(of, "avg_throughput_tps"),
        number(result, "goodput_qps"),
        samples == 0 ? 0 : 100 * number(result, "success_count") / samples,
        number(of, "cached_tokens"),
        number(of, "prompt_tokens"));
  }

  private static String mode(String word) {
    return word.toLowerCase(java.util.Locale.ROOT);
  }

  private static double number(JsonNode of, String key) {
    return of.path(key).asDouble(0);
  }
}
