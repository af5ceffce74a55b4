package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.load.Saturation;
import io.turnpike.bench.study.TurnJson.Percentiles;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * One turn of a cell's conversations.
 *
 * @param seconds from when arrivals began to its last end
 * @param successesPerSecond what was completed in them
 * @param good successes that met the objective
 * @param json as it goes into the result file
 */
record TurnFigures(double seconds, double successesPerSecond, long good, TurnJson json) {

  /** The percentiles of which curves consist. */
  private static final List<Double> CURVE =
      List.of(1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 80.0, 90.0, 95.0, 98.0, 99.0);

  static TurnFigures of(int turn, Cell cell, Outcome outcome, Goodput goodput) {
    List<Measurement> all = outcome.turns().stream().filter(m -> m.turn() == turn).toList();
    List<Measurement> ok = all.stream().filter(Measurement::ok).toList();
    double seconds = seconds(all, cell);
    long good =
        ok.stream()
            .filter(m -> goodput.meets(m.ttftMillis(), m.tpotMillis(), m.e2eMillis()))
            .count();
    Sample ttft = Sample.of(ok, Measurement::ttftMillis);
    Sample e2e = Sample.of(ok, Measurement::e2eMillis);
    List<Measurement> longer = ok.stream().filter(m -> m.outputTokens() > 1).toList();
    long tokens = sum(ok, Measurement::outputTokens);
    Map<Integer, Long> moved = outcome.movedTokens();
    TurnJson json =
        new TurnJson(
            turn,
            all.size(),
            ok.size(),
            Percentiles.of(ttft),
            Percentiles.withoutP90(Sample.of(longer, Measurement::tpotMillis)),
            Percentiles.withoutP90(e2e),
            tokens / seconds,
            tokens,
            sum(ok, Measurement::cachedTokens),
            sum(ok, Measurement::promptTokens),
            moved.isEmpty() ? mostMoved(ok) : moved.getOrDefault(turn, 0L),
            moved.isEmpty(),
            routes(ok),
            good,
            good / seconds,
            Saturation.of(cell.qps(), all),
            Sample.of(ok, Measurement::ttftFromSendMillis).mean(),
            Sample.of(ok, Measurement::e2eFromSendMillis).mean(),
            CURVE,
            CURVE.stream().map(ttft::percentile).toList(),
            CURVE.stream().map(e2e::percentile).toList());
    return new TurnFigures(seconds, ok.size() / seconds, good, json);
  }

  /**
   * From the beginning of arrivals to the last end. The last turn is due when the arrivals' time is
   * over, so a whole cell began that long before it; a part of one with its first arrival.
   */
  private static double seconds(List<Measurement> all, Cell cell) {
    LongSummaryStatistics due =
        all.stream().mapToLong(Measurement::scheduledNanos).summaryStatistics();
    long window = Math.round(cell.conversations() / cell.qps() * 1e9);
    long from = all.size() < cell.conversations() ? due.getMin() : due.getMax() - window;
    long to = all.stream().mapToLong(Measurement::endNanos).max().orElse(from);
    return Math.max((to - from) / 1e9, 1e-9);
  }

  /**
   * Where nobody says how much KV was moved, prompts of turns that went over P count in full: that
   * is the most it can have been.
   */
  private static long mostMoved(List<Measurement> ok) {
    return sum(
        ok.stream().filter(m -> m.route().equals("disaggregated")).toList(),
        Measurement::promptTokens);
  }

  static Map<String, Integer> routes(List<Measurement> ok) {
    Map<String, Integer> routes = new TreeMap<>();
    ok.forEach(m -> routes.merge(m.route().isEmpty() ? "unknown" : m.route(), 1, Integer::sum));
    return routes;
  }

  private static long sum(List<Measurement> of, ToIntFunction<Measurement> value) {
    return of.stream().mapToLong(value::applyAsInt).sum();
  }
}
