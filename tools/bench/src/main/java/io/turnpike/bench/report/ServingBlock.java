package io.turnpike.bench.report;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Spread;
import io.turnpike.bench.load.Tally;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The text and the JSON that {@code vllm bench serve} (0.32.0) writes, which other people's scripts
 * read. Latencies in it count from when a request was sent, as there; what counts from when it was
 * due has keys of its own.
 */
public final class ServingBlock {

  private static final int WIDTH = 50;

  private ServingBlock() {}

  /** The text summary. */
  public static String text(LoadResult result, Goodput goodput) {
    Tally tally = result.tally();
    StringBuilder text = new StringBuilder();
    header(text, " Serving Benchmark Result ", '=');
    count(text, "Successful requests:", tally.successes());
    count(text, "Failed requests:", tally.failed());
    if (result.concurrency() > 0) {
      count(text, "Maximum request concurrency:", result.concurrency());
    }
    if (result.ratePerSecond() > 0) {
      number(text, "Request rate configured (RPS):", result.ratePerSecond());
    }
    number(text, "Benchmark duration (s):", tally.seconds());
    count(text, "Total input tokens:", tally.promptTokens());
    count(text, "Total generated tokens:", tally.outputTokens());
    number(text, "Request throughput (req/s):", tally.perSecond(tally.successes()));
    if (!goodput.equals(Goodput.ANY)) {
      number(text, "Request goodput (req/s):", tally.perSecond(tally.good()));
    }
    number(text, "Output token throughput (tok/s):", tally.perSecond(tally.outputTokens()));
    number(
        text,
        "Total token throughput (tok/s):",
        tally.perSecond(tally.outputTokens() + tally.promptTokens()));
    spread(text, "TTFT", "Time to First Token", tally.ttftFromSend());
    spread(text, "TPOT", "Time per Output Token (excl. 1st token)", tally.tpot());
    if (tally.itl().count() > 0) {
      spread(text, "ITL", "Inter-token Latency", tally.itl());
    }
    spread(text, "E2EL", "End-to-end Latency", tally.e2eFromSend());
    return text.append("=".repeat(WIDTH)).append('\n').toString();
  }

  /** The JSON's keys and values. */
  public static Map<String, Object> json(LoadResult result) {
    Tally tally = result.tally();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", "turnpike-bench");
    json.put("model_id", result.model());
    json.put("num_prompts", result.asked());
    json.put("request_rate", result.ratePerSecond() > 0 ? result.ratePerSecond() : "inf");
    json.put("burstiness", 1.0);
    json.put("max_concurrency", result.concurrency());
    json.put("duration", tally.seconds());
    json.put("completed", tally.successes());
    json.put("failed", tally.failed());
    json.put("total_input_tokens", tally.promptTokens());
    json.put("total_output_tokens", tally.outputTokens());
    json.put("request_throughput", tally.perSecond(tally.successes()));
    json.put("request_goodput", tally.perSecond(tally.good()));
    json.put("output_throughput", tally.perSecond(tally.outputTokens()));
    json.put(
        "total_token_throughput", tally.perSecond(tally.outputTokens() + tally.promptTokens()));
    spread(json, "ttft", tally.ttftFromSend());
    spread(json, "tpot", tally.tpot());
    spread(json, "itl", tally.itl());
    spread(json, "e2el", tally.e2eFromSend());
    spread(json, "ttft_from_schedule", tally.ttft());
    spread(json, "e2el_from_schedule", tally.e2e());
    json.put("failures", tally.failures());
    json.put("routes", tally.routes());
    json.put("token_sources", tally.tokenSources());
    json.put("cached_tokens", tally.cachedTokens());
    json.put("client_pool", result.clientPool());
    json.put("partial", result.isPartial());
    json.put("saturation", result.saturation());
    json.put("load_generator", result.self());
    json.put("valid", result.self().isValid());
    json.put("invalid_because", result.self().complaints());
    return json;
  }

  private static void spread(Map<String, Object> json, String name, Spread of) {
    json.put("mean_" + name + "_ms", of.mean());
    json.put("median_" + name + "_ms", of.percentile(50));
    json.put("std_" + name + "_ms", of.deviation());
    json.put("p90_" + name + "_ms", of.percentile(90));
    json.put("p99_" + name + "_ms", of.percentile(99));
  }

  private static void spread(StringBuilder text, String name, String header, Spread of) {
    header(text, header, '-');
    number(text, "Mean %s (ms):".formatted(name), of.mean());
    number(text, "Median %s (ms):".formatted(name), of.percentile(50));
    number(text, "P90 %s (ms):".formatted(name), of.percentile(90));
    number(text, "P99 %s (ms):".formatted(name), of.percentile(99));
  }

  /** Centred as Python's {@code format} does it: a shorter half on the left. */
  private static void header(StringBuilder text, String title, char fill) {
    int left = Math.max(0, (WIDTH - title.length()) / 2);
    int right = Math.max(0, WIDTH - title.length() - left);
    text.repeat(fill, left).append(title).repeat(fill, right).append('\n');
  }

  private static void count(StringBuilder text, String name, long value) {
    text.append(String.format(Locale.ROOT, "%-40s %-10d%n", name, value));
  }

  private static void number(StringBuilder text, String name, double value) {
    text.append(String.format(Locale.ROOT, "%-40s %-10.2f%n", name, value));
  }
}
