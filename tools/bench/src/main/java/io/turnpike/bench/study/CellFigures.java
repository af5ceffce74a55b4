package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.study.TurnJson.Percentiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A cell's figures under the keys of the original study's result files, percentiles by linear
 * interpolation. Latencies count from when a turn was due. Keys of our own come after them.
 */
public final class CellFigures {

  private CellFigures() {}

  /** The figures. */
  public static CellJson of(Cell cell, Outcome outcome, Goodput goodput) {
    List<Measurement> all = outcome.turns();
    List<Measurement> ok = all.stream().filter(Measurement::ok).toList();
    List<TurnFigures> turns = new ArrayList<>();
    Map<String, TurnJson> metrics = new LinkedHashMap<>();
    for (int turn = 1; turn <= cell.turns(); turn++) {
      TurnFigures figures = TurnFigures.of(turn, cell, outcome, goodput);
      turns.add(figures);
      metrics.put("turn" + turn + "_metrics", figures.json());
    }
    double seconds = Math.max(1e-9, turns.stream().mapToDouble(TurnFigures::seconds).sum());
    long tokens = ok.stream().mapToLong(Measurement::outputTokens).sum();
    long good = turns.stream().mapToLong(TurnFigures::good).sum();
    Sample ttft = Sample.of(ok, Measurement::ttftMillis);
    Workload workload = cell.workload();
    return new CellJson(
        workload.name(),
        workload.inputTokens(),
        workload.outputTokens(),
        cell.qps(),
        cell.mode(),
        cell.seconds(),
        all.size(),
        ok.size(),
        all.size() - ok.size(),
        offered(all, cell),
        Percentiles.of(ttft),
        ttft.min(),
        ttft.max(),
        Percentiles.of(Sample.of(ok, Measurement::e2eMillis)),
        tokens / seconds,
        tokens,
        metrics,
        Sample.of(first(ok), Measurement::promptTokens).mean(),
        Sample.of(ok, Measurement::outputTokens).mean(),
        turns.getLast().successesPerSecond(),
        failures(all),
        TurnFigures.routes(ok),
        tokenSources(ok),
        Sample.of(ok, Measurement::ttftFromSendMillis).mean(),
        Sample.of(ok, Measurement::e2eFromSendMillis).mean(),
        good,
        good / seconds,
        saturation(turns),
        generator(outcome.self()),
        raw(cell, all));
  }

  /** First turns that were sent ÷ the time in which they were due; arrivals are stretched to it. */
  private static double offered(List<Measurement> all, Cell cell) {
    long first = all.stream().filter(m -> m.turn() == 1).count();
    return first / (cell.conversations() / cell.qps());
  }

  /** The only turn whose prompt has no history in it. */
  private static List<Measurement> first(List<Measurement> ok) {
    return ok.stream().filter(m -> m.turn() == 1).toList();
  }

  private static String saturation(List<TurnFigures> turns) {
    return turns.stream()
        .filter(turn -> !turn.json().saturation().isEmpty())
        .map(turn -> "turn %d %s".formatted(turn.json().turn(), turn.json().saturation()))
        .collect(Collectors.joining("; "));
  }

  private static CellJson.Generator generator(SelfCheck self) {
    return new CellJson.Generator(
        self.lagP99Millis(),
        self.lagMaxMillis(),
        self.cpuShare(),
        self.isValid(),
        self.complaints());
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

  private static List<CellJson.Raw> raw(Cell cell, List<Measurement> all) {
    long origin = all.stream().mapToLong(Measurement::scheduledNanos).min().orElse(0);
    return all.stream().map(m -> raw(cell, m, origin)).toList();
  }

  private static CellJson.Raw raw(Cell cell, Measurement m, long origin) {
    boolean ok = m.failure() == null;
    double e2e = ok ? m.e2eMillis() : 0;
    return new CellJson.Raw(
        "%s-c%d-t%d".formatted(cell.key(), m.conversation(), m.turn()),
        cell.mode(),
        cell.workload().name(),
        cell.qps(),
        m.promptTokens(),
        cell.workload().outputTokens(),
        (m.scheduledNanos() - origin) / 1e9,
        ok ? m.ttftMillis() : 0,
        e2e,
        m.outputTokens(),
        e2e == 0 ? 0 : m.outputTokens() / e2e * 1000,
        ok ? m.tpotMillis() : 0,
        ok,
        m.failure() == null ? "" : m.failure().reason(),
        m.turn(),
        ok ? m.ttftFromSendMillis() : 0,
        ok ? m.e2eFromSendMillis() : 0,
        m.cachedTokens(),
        m.tokenSource().word(),
        m.route());
  }
}
