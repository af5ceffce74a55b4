package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * A cell's figures under the keys of the original study's result files, percentiles by linear
 * interpolation. Latencies count from when a turn was due. Keys of our own come after them.
 */
public final class CellFigures {

  private CellFigures() {}

  /** The figures. */
  public static Map<String, Object> of(Cell cell, List<Measurement> all, Goodput goodput) {
    List<Measurement> ok = all.stream().filter(Measurement::ok).toList();
    double seconds = seconds(all);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("workload", cell.workload().name());
    json.put("input_tokens", cell.workload().inputTokens());
    json.put("output_tokens", cell.workload().outputTokens());
    json.put("target_qps", cell.qps());
    json.put("mode", cell.mode());
    json.put("duration_s", cell.seconds());
    json.put("sample_count", all.size());
    json.put("success_count", ok.size());
    json.put("failure_count", all.size() - ok.size());
    json.put("real_qps", realQps(all, cell.turns()));
    Sample ttft = Sample.of(ok, Measurement::ttftMillis);
    percentiles(json, "ttft", ttft, true);
    json.put("min_ttft", ttft.min());
    json.put("max_ttft", ttft.max());
    percentiles(json, "e2e", Sample.of(ok, Measurement::e2eMillis), true);
    tokens(json, ok, seconds);
    for (int turn = 1; turn <= cell.turns(); turn++) {
      json.put("turn" + turn + "_metrics", turn(turn, all));
    }
    extras(json, all, ok, goodput, seconds);
    json.put("raw_metrics", raw(cell, all));
    return json;
  }

  private static double seconds(List<Measurement> all) {
    long from = all.stream().mapToLong(Measurement::scheduledNanos).min().orElse(0);
    long to = all.stream().mapToLong(Measurement::endNanos).max().orElse(0);
    return Math.max((to - from) / 1e9, 1e-9);
  }

  /** Successes of the last turn a second, from its first arrival to its last end. */
  private static double realQps(List<Measurement> all, int turn) {
    List<Measurement> last = all.stream().filter(m -> m.turn() == turn).toList();
    return last.isEmpty() ? 0 : last.stream().filter(Measurement::ok).count() / seconds(last);
  }

  private static void tokens(Map<String, Object> json, List<Measurement> ok, double seconds) {
    long tokens = ok.stream().mapToLong(Measurement::outputTokens).sum();
    json.put("avg_throughput_tps", tokens / seconds);
    json.put("total_tokens", tokens);
  }

  private static Map<String, Object> turn(int turn, List<Measurement> all) {
    List<Measurement> of = all.stream().filter(m -> m.turn() == turn).toList();
    List<Measurement> ok = of.stream().filter(Measurement::ok).toList();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("turn", turn);
    json.put("sample_count", of.size());
    json.put("success_count", ok.size());
    percentiles(json, "ttft", Sample.of(ok, Measurement::ttftMillis), true);
    List<Measurement> longer = ok.stream().filter(m -> m.outputTokens() > 1).toList();
    percentiles(json, "tpot", Sample.of(longer, Measurement::tpotMillis), false);
    percentiles(json, "e2e", Sample.of(ok, Measurement::e2eMillis), false);
    tokens(json, ok, of.isEmpty() ? 1 : seconds(of));
    json.put("cached_tokens", sum(ok, Measurement::cachedTokens));
    json.put("prompt_tokens", sum(ok, Measurement::promptTokens));
    json.put("routes", routes(ok));
    return json;
  }

  private static void extras(
      Map<String, Object> json,
      List<Measurement> all,
      List<Measurement> ok,
      Goodput goodput,
      double seconds) {
    Map<String, Integer> failures = new TreeMap<>();
    for (Measurement m : all) {
      if (m.failure() != null) {
        failures.merge(m.failure().reason(), 1, Integer::sum);
      }
    }
    json.put("failures", failures);
    json.put("routes", routes(ok));
    json.put("avg_ttft_from_send", Sample.of(ok, Measurement::ttftFromSendMillis).mean());
    json.put("avg_e2e_from_send", Sample.of(ok, Measurement::e2eFromSendMillis).mean());
    long good =
        ok.stream()
            .filter(m -> goodput.meets(m.ttftMillis(), m.tpotMillis(), m.e2eMillis()))
            .count();
    json.put("goodput_qps", good / seconds);
    json.put("lag_p99_ms", Sample.of(all, m -> m.lagNanos() / 1e6).percentile(99));
  }

  private static Map<String, Integer> routes(List<Measurement> ok) {
    Map<String, Integer> routes = new TreeMap<>();
    ok.forEach(m -> routes.merge(m.route().isEmpty() ? "unknown" : m.route(), 1, Integer::sum));
    return routes;
  }

  private static double sum(List<Measurement> of, ToDoubleFunction<Measurement> value) {
    return of.stream().mapToDouble(value).sum();
  }

  private static void percentiles(
      Map<String, Object> json, String name, Sample of, boolean withP90) {
    json.put("avg_" + name, of.mean());
    json.put("p50_" + name, of.percentile(50));
    if (withP90) {
      json.put("p90_" + name, of.percentile(90));
    }
    json.put("p99_" + name, of.percentile(99));
  }

  private static List<Map<String, Object>> raw(Cell cell, List<Measurement> all) {
    long origin = all.stream().mapToLong(Measurement::scheduledNanos).min().orElse(0);
    List<Map<String, Object>> raw = new ArrayList<>(all.size());
    for (Measurement m : all) {
      raw.add(raw(cell, m, origin));
    }
    return raw;
  }

  private static Map<String, Object> raw(Cell cell, Measurement m, long origin) {
    Map<String, Object> json = new LinkedHashMap<>();
    boolean ok = m.failure() == null;
    double e2e = ok ? m.e2eMillis() : 0;
    json.put("req_id", "%s-c%d-t%d".formatted(cell.key(), m.conversation(), m.turn()));
    json.put("mode", cell.mode());
    json.put("workload", cell.workload().name());
    json.put("qps_target", cell.qps());
    json.put("input_len", m.promptTokens());
    json.put("output_len", cell.workload().outputTokens());
    json.put("start_time", (m.scheduledNanos() - origin) / 1e9);
    json.put("ttft_ms", ok ? m.ttftMillis() : 0);
    json.put("e2e_latency_ms", e2e);
    json.put("output_tokens", m.outputTokens());
    json.put("throughput_tps", e2e == 0 ? 0 : m.outputTokens() / e2e * 1000);
    json.put("tpot_ms", ok ? m.tpotMillis() : 0);
    json.put("success", ok);
    json.put("error", m.failure() == null ? "" : m.failure().reason());
    json.put("turn", m.turn());
    json.put("ttft_from_send_ms", ok ? m.ttftFromSendMillis() : 0);
    json.put("cached_tokens", m.cachedTokens());
    json.put("token_source", m.tokenSource().word());
    json.put("route", m.route());
    return json;
  }
}
