package io.turnpike.simulator.replay;

import io.turnpike.routing.Route;
import io.turnpike.simulator.engine.EngineStats;
import io.turnpike.simulator.replay.Spread.Quantiles;
import io.turnpike.turn.Outcome;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Adds up a run's turns. Not thread-safe. */
final class Summary implements Consumer<TurnResult> {

  private final Group all = new Group();
  private final Group first = new Group();
  private final Group later = new Group();
  private final Map<Route, Integer> routes = new EnumMap<>(Route.class);
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private long turnsTriedAgain;
  private long triesInVain;
  private long promptTokens;
  private long cachedTokens;
  private long movedTokens;
  private long outputTokens;
  private long preemptions;

  /** Turns of one kind. */
  private static final class Group {
    final Spread ttft = new Spread();
    final Spread tpot = new Spread();
    final Spread endToEnd = new Spread();
    long turns;

    void add(TurnResult turn) {
      turns++;
      ttft.add(turn.ttftMillis());
      endToEnd.add(turn.endToEndMillis());
      if (turn.outputTokens() > 1) {
        tpot.add(turn.tpotMillis());
      }
    }

    Latencies latencies() {
      return new Latencies(turns, ttft.quantiles(), tpot.quantiles(), endToEnd.quantiles());
    }
  }

  /** Latencies of turns of one kind, in milliseconds. */
  record Latencies(long turns, Quantiles ttftMs, Quantiles tpotMs, Quantiles e2eMs) {}

  /**
   * All figures of a run, as the summary file has them.
   *
   * @param seconds of virtual time
   * @param events things that happened
   * @param turnsTriedAgain turns that were begun more than once
   * @param triesInVain ways that were begun and did not lead to a whole answer
   */
  record Report(
      String name,
      double seconds,
      long events,
      double turnsPerSecond,
      double outputTokensPerSecond,
      Map<String, Integer> routes,
      Map<String, Integer> outcomes,
      long turnsTriedAgain,
      long triesInVain,
      long promptTokens,
      long cachedTokens,
      long movedTokens,
      long outputTokens,
      long preemptions,
      long expiredLeases,
      Latencies all,
      Latencies firstTurns,
      Latencies laterTurns) {}

  @Override
  public void accept(TurnResult turn) {
    routes.merge(turn.route(), 1, Integer::sum);
    outcomes.merge(turn.outcome(), 1, Integer::sum);
    turnsTriedAgain += turn.tries() > 1 ? 1 : 0;
    triesInVain += turn.tries() - (turn.isAnswered() ? 1 : 0);
    if (!turn.isAnswered()) {
      return;
    }
    all.add(turn);
    (turn.turn() == 1 ? first : later).add(turn);
    promptTokens += turn.promptTokens();
    cachedTokens += turn.cachedTokens();
    movedTokens += turn.movedTokens();
    outputTokens += turn.outputTokens();
    preemptions += turn.preemptions();
  }

  Report report(String name, RunFacts facts) {
    double seconds = Math.max(facts.endNanos() / 1e9, 1e-9);
    Map<String, Integer> byRoute = new LinkedHashMap<>();
    routes.forEach((route, count) -> byRoute.put(route.word(), count));
    Map<String, Integer> byOutcome = new LinkedHashMap<>();
    outcomes.forEach((outcome, count) -> byOutcome.put(outcome.word(), count));
    long expired = facts.engines().stream().mapToLong(EngineStats::expiredLeases).sum();
    return new Report(
        name,
        seconds,
        facts.events(),
        all.turns / seconds,
        outputTokens / seconds,
        byRoute,
        byOutcome,
        turnsTriedAgain,
        triesInVain,
        promptTokens,
        cachedTokens,
        movedTokens,
        outputTokens,
        preemptions,
        expired,
        all.latencies(),
        first.latencies(),
        later.latencies());
  }

  /** The reports as text. */
  static String table(List<Report> reports) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-24s %-10s %8s | %10s %10s %10s %10s%n",
            "run",
            "",
            "turns",
            "mean ms",
            "p50",
            "p90",
            "p99"));
    for (Report report : reports) {
      append(text, report.name(), "turn 1", report.firstTurns());
      append(text, report.name(), "turn 2+", report.laterTurns());
      append(text, report.name(), "all", report.all());
    }
    reports.forEach(report -> appendTroubles(text, report));
    return text.toString();
  }

  /** How turns ended and what was tried in vain, where not all went well at once. */
  private static void appendTroubles(StringBuilder text, Report report) {
    if (report.turnsTriedAgain() > 0 || report.outcomes().size() > 1 || report.all().turns() == 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-22s outcomes %s; tried again: %d turns, in vain: %d tries%n",
              report.name(),
              report.outcomes(),
              report.turnsTriedAgain(),
              report.triesInVain()));
    }
  }

  private static void append(StringBuilder text, String name, String kind, Latencies of) {
    if (of.turns() > 0) {
      append(text, name, kind + " TTFT", of.turns(), of.ttftMs());
      append(text, name, kind + " TPOT", of.turns(), of.tpotMs());
      append(text, name, kind + " E2E", of.turns(), of.e2eMs());
    }
  }

  private static void append(
      StringBuilder text, String name, String kind, long turns, Quantiles of) {
    text.append(String.format(Locale.ROOT, "%-22s %-12s %8d | %s%n", name, kind, turns, of.line()));
  }
}
