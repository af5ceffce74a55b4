package io.turnpike.membership;

import io.turnpike.node.NodeLoad;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What we read of an engine's {@code /metrics} page (vLLM 0.11 to 0.32; names of {@code
 * vllm/v1/metrics/loggers.py}). Counts are sums over all series of a name, so over all data
 * parallel ranks; the KV usage is their mean.
 *
 * @param load the load in it
 * @param processStart {@code process_start_time_seconds} in plain decimal, or null where the page
 *     lacks it, as it does with several API server processes
 */
record EngineMetrics(NodeLoad load, @Nullable String processStart) {

  private static final double LATEST_PROCESS_START = 1e12;

  /** Reads a page; lines it does not understand count as not there. */
  static EngineMetrics parse(byte[] page, Instant at) {
    Sums sums = new Sums();
    int start = 0;
    for (int i = 0; i <= page.length; i++) {
      if (i == page.length || page[i] == '\n') {
        sums.line(page, start, i);
        start = i + 1;
      }
    }
    return sums.result(at);
  }

  private static final class Sums {
    private final Series running = new Series();
    private final Series waiting = new Series();
    private final Series kvUsage = new Series();
    private final Series oldKvUsage = new Series();
    private final Series queries = new Series();
    private final Series oldQueries = new Series();
    private final Series hits = new Series();
    private final Series oldHits = new Series();
    private @Nullable String processStart;

    /** Reads {@code name{labels} value [timestamp]}. */
    void line(byte[] page, int from, int to) {
      if (to <= from || (page[from] != 'v' && page[from] != 'p')) {
        return;
      }
      String text = new String(page, from, to - from, StandardCharsets.UTF_8).stripTrailing();
      int brace = text.indexOf('{');
      int blank = text.indexOf(' ');
      boolean labelled = brace >= 0 && (blank < 0 || brace < blank);
      int nameEnd = labelled ? brace : blank;
      int valueStart = labelled ? text.lastIndexOf('}') + 1 : blank;
      if (nameEnd <= 0 || valueStart <= 0 || valueStart >= text.length()) {
        return;
      }
      String value = text.substring(valueStart).strip();
      int stamp = value.indexOf(' ');
      take(text.substring(0, nameEnd), stamp < 0 ? value : value.substring(0, stamp));
    }

    private void take(String name, String text) {
      double value;
      try {
        value = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        return;
      }
      if (!Double.isFinite(value) || value < 0) {
        return;
      }
      switch (name) {
        case "vllm:num_requests_running" -> running.add(value);
        case "vllm:num_requests_waiting" -> waiting.add(value);
        case "vllm:kv_cache_usage_perc" -> kvUsage.add(value);
        case "vllm:gpu_cache_usage_perc" -> oldKvUsage.add(value);
        case "vllm:prefix_cache_queries_total" -> queries.add(value);
        case "vllm:gpu_prefix_cache_queries_total" -> oldQueries.add(value);
        case "vllm:prefix_cache_hits_total" -> hits.add(value);
        case "vllm:gpu_prefix_cache_hits_total" -> oldHits.add(value);
        case "process_start_time_seconds" -> start(value);
        default -> {}
      }
    }

    private void start(double seconds) {
      if (processStart == null && seconds > 0 && seconds < LATEST_PROCESS_START) {
        processStart = BigDecimal.valueOf(seconds).stripTrailingZeros().toPlainString();
      }
    }

    EngineMetrics result(Instant at) {
      return new EngineMetrics(
          new NodeLoad(
              (int) running.sum,
              (int) waiting.sum,
              Math.min(1, kvUsage.or(oldKvUsage).mean()),
              (long) queries.or(oldQueries).sum,
              (long) hits.or(oldHits).sum,
              at),
          processStart);
    }
  }

  private static final class Series {
    private double sum;
    private int count;

    void add(double value) {
      sum += value;
      count++;
    }

    double mean() {
      return count == 0 ? 0 : sum / count;
    }

    /** vLLM 0.11 shows a renamed metric under both names. */
    Series or(Series old) {
      return count > 0 ? this : old;
    }
  }
}
