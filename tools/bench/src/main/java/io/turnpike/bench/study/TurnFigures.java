package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.load.Saturation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * One turn of a cell's conversations.
 *
 * @param turn 1 for the first
 * @param seconds from its first arrival to its last end
 * @param successesPerSecond what was completed in them
 * @param good successes that met the objective
 * @param saturation how the server fell behind, empty if it did not
 * @param json under the keys of the original study's files, and our own after them
 */
record TurnFigures(
    int turn,
    double seconds,
    double successesPerSecond,
    long good,
    String saturation,
    Map<String, Object> json) {

  /** The percentiles of which curves consist. */
  static final double[] CURVE = {1, 5, 10, 25, 50, 75, 80, 90, 95, 98, 99};

  static TurnFigures of(int turn, Cell cell, Outcome outcome, Goodput goodput) {
    List<Measurement> all = outcome.turns().stream().filter(m -> m.turn() == turn).toList();
    List<Measurement> ok = all.stream().filter(Measurement::ok).toList();
    double seconds = seconds(all);
    long good =
        ok.stream()
            .filter(m -> goodput.meets(m.ttftMillis(), m.tpotMillis(), m.e2eMillis()))
            .count();
    String saturation = Saturation.of(cell.qps(), all);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("turn", turn);
    json.put("sample_count", all.size());
    json.put("success_count", ok.size());
    Sample ttft = Sample.of(ok, Measurement::ttftMillis);
    Sample e2e = Sample.of(ok, Measurement::e2eMillis);
    percentiles(json, "ttft", ttft, true);
    List<Measurement> longer = ok.stream().filter(m -> m.outputTokens() > 1).toList();
    percentiles(json, "tpot", Sample.of(longer, Measurement::tpotMillis), false);
    percentiles(json, "e2e", e2e, false);
    tokens(json, ok, seconds);
    cost(json, turn, ok, outcome.movedTokens());
    json.put("routes", routes(ok));
    json.put("good_count", good);
    json.put("goodput_qps", good / seconds);
    json.put("saturation", saturation);
    json.put("avg_ttft_from_send", Sample.of(ok, Measurement::ttftFromSendMillis).mean());
    json.put("avg_e2e_from_send", Sample.of(ok, Measurement::e2eFromSendMillis).mean());
    json.put("curve_percent", CURVE);
    json.put("curve_ttft", curve(ttft));
    json.put("curve_e2e", curve(e2e));
    return new TurnFigures(turn, seconds, ok.size() / seconds, good, saturation, json);
  }

  private static double[] curve(Sample of) {
    return DoubleStream.of(CURVE).map(of::percentile).toArray();
  }

  private static double seconds(List<Measurement> all) {
    long from = all.stream().mapToLong(Measurement::scheduledNanos).min().orElse(0);
    long to = all.stream().mapToLong(Measurement::endNanos).max().orElse(0);
    return Math.max((to - from) / 1e9, 1e-9);
  }

  /**
   * Where nobody says how much KV was moved, prompts of turns that went over P count in full: that
   * is the most it can have been.
   */
  private static void cost(
      Map<String, Object> json, int turn, List<Measurement> ok, Map<Integer, Long> moved) {
    json.put("cached_tokens", sum(ok, Measurement::cachedTokens));
    json.put("prompt_tokens", sum(ok, Measurement::promptTokens));
    List<Measurement> overP = ok.stream().filter(m -> m.route().equals("disaggregated")).toList();
    json.put(
        "transferred_tokens",
        moved.isEmpty() ? sum(overP, Measurement::promptTokens) : moved.getOrDefault(turn, 0L));
    json.put("transferred_is_bound", moved.isEmpty());
  }

  static void tokens(Map<String, Object> json, List<Measurement> ok, double seconds) {
    long tokens = ok.stream().mapToLong(Measurement::outputTokens).sum();
    json.put("avg_throughput_tps", tokens / Math.max(1e-9, seconds));
    json.put("total_tokens", tokens);
  }

  static Map<String, Integer> routes(List<Measurement> ok) {
    Map<String, Integer> routes = new TreeMap<>();
    ok.forEach(m -> routes.merge(m.route().isEmpty() ? "unknown" : m.route(), 1, Integer::sum));
    return routes;
  }

  private static long sum(List<Measurement> of, ToDoubleFunction<Measurement> value) {
    return Math.round(of.stream().mapToDouble(value).sum());
  }

  static void percentiles(Map<String, Object> json, String name, Sample of, boolean withP90) {
    json.put("avg_" + name, of.mean());
    json.put("p50_" + name, of.percentile(50));
    if (withP90) {
      json.put("p90_" + name, of.percentile(90));
    }
    json.put("p99_" + name, of.percentile(99));
  }
}
