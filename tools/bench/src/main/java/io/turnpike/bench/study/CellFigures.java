package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.load.SelfCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cell's figures under the keys of the original study's result files, percentiles by linear
 * interpolation. Latencies count from when a turn was due. Keys of our own come after them.
 */
public final class CellFigures {

  private CellFigures() {}

  /** The figures. */
  public static Map<String, Object> of(Cell cell, Outcome outcome, Goodput goodput) {
    List<Measurement> all = outcome.turns();
    List<Measurement> ok = all.stream().filter(Measurement::ok).toList();
    List<TurnFigures> turns = new ArrayList<>();
    for (int turn = 1; turn <= cell.turns(); turn++) {
      turns.add(TurnFigures.of(turn, cell, outcome, goodput));
    }
    double seconds = turns.stream().mapToDouble(TurnFigures::seconds).sum();
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
    json.put("real_qps", turns.getLast().successesPerSecond());
    Sample ttft = Sample.of(ok, Measurement::ttftMillis);
    TurnFigures.percentiles(json, "ttft", ttft, true);
    json.put("min_ttft", ttft.min());
    json.put("max_ttft", ttft.max());
    TurnFigures.percentiles(json, "e2e", Sample.of(ok, Measurement::e2eMillis), true);
    TurnFigures.tokens(json, ok, seconds);
    turns.forEach(turn -> json.put("turn" + turn.turn() + "_metrics", turn.json()));
    extras(json, outcome, ok, turns, seconds);
    json.put("raw_metrics", raw(cell, all));
    return json;
  }

  private static void extras(
      Map<String, Object> json,
      Outcome outcome,
      List<Measurement> ok,
      List<TurnFigures> turns,
      double seconds) {
    json.put("failures", failures(outcome.turns()));
    json.put("routes", TurnFigures.routes(ok));
    json.put("token_sources", tokenSources(ok));
    json.put("avg_ttft_from_send", Sample.of(ok, Measurement::ttftFromSendMillis).mean());
    json.put("avg_e2e_from_send", Sample.of(ok, Measurement::e2eFromSendMillis).mean());
    long good = turns.stream().mapToLong(TurnFigures::good).sum();
    json.put("good_count", good);
    json.put("goodput_qps", good / Math.max(1e-9, seconds));
    List<String> behind =
        turns.stream()
            .filter(turn -> !turn.saturation().isEmpty())
            .map(turn -> "turn %d %s".formatted(turn.turn(), turn.saturation()))
            .toList();
    json.put("saturation", String.join("; ", behind));
    SelfCheck self = outcome.self();
    Map<String, Object> generator = new LinkedHashMap<>();
    generator.put("lag_p99_ms", self.lagP99Millis());
    generator.put("lag_max_ms", self.lagMaxMillis());
    generator.put("cpu_share", self.cpuShare());
    generator.put("valid", self.isValid());
    generator.put("invalid_because", self.complaints());
    json.put("load_generator", generator);
  }

  private static Map<String, Integer> failures(List<Measurement> all) {
    Map<String, Integer> failures = new TreeMap<>();
    for (Measurement m : all) {
      if (m.failure() != null) {
        failures.merge(m.failure().reason(), 1, Integer::sum);
      }
    }
    return failures;
  }

  private static Map<String, Integer> tokenSources(List<Measurement> ok) {
    Map<String, Integer> sources = new TreeMap<>();
    ok.forEach(m -> sources.merge(m.tokenSource().word(), 1, Integer::sum));
    return sources;
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
    json.put("e2e_from_send_ms", ok ? m.e2eFromSendMillis() : 0);
    json.put("cached_tokens", m.cachedTokens());
    json.put("token_source", m.tokenSource().word());
    json.put("route", m.route());
    return json;
  }
}
