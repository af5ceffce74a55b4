package io.turnpike.simulator.validate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.NetworkProfile;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.table.CsvTable;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.WorkloadSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Conversations of up to 16 turns on four GPUs, turn by turn.
 *
 * @param rows each measured turn with what was simulated
 */
record TurnsValidation(List<Row> rows) {

  /** Real tokens of a nominal 128-token input, by the grid's ratio of real to nominal. */
  private static final int INPUT_TOKENS = 85;

  /** Real tokens of an answer: (E2E − TTFT) ÷ TPOT + 1. */
  private static final int OUTPUT_TOKENS = 128;

  /** Runs per configuration; each has as many conversations as were measured. */
  private static final int RUNS = 20;

  /**
   * A turn.
   *
   * @param config the cluster
   * @param turns turns of the conversations
   * @param turn this one
   * @param measuredTtft mean, ms
   * @param simulatedTtft mean, ms
   * @param measuredTpot mean, ms
   * @param simulatedTpot mean, ms
   */
  record Row(
      String config,
      int turns,
      int turn,
      double measuredTtft,
      double simulatedTtft,
      double measuredTpot,
      double simulatedTpot) {

    double ttftError() {
      return Figures.error(simulatedTtft, measuredTtft);
    }

    double tpotError() {
      return Figures.error(simulatedTpot, measuredTpot);
    }
  }

  /** Simulates each configuration of the table. */
  static TurnsValidation run(EngineProfile profile, HandoffCosts handoff, CsvTable table) {
    Map<String, List<TurnResult>> runs = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    for (CsvTable.Row row : table.rows()) {
      String key = row.text("config") + "/" + row.text("turns");
      List<TurnResult> results = runs.computeIfAbsent(key, k -> simulate(profile, handoff, row));
      int turn = row.count("turn");
      rows.add(
          new Row(
              row.text("config"),
              row.count("turns"),
              turn,
              row.number("ttft_avg"),
              mean(results, turn, TurnResult::ttftMillis),
              row.number("tpot_avg"),
              mean(results, turn, TurnResult::tpotMillis)));
    }
    return new TurnsValidation(rows);
  }

  private static double mean(
      List<TurnResult> results, int turn, ToDoubleFunction<TurnResult> metric) {
    return Figures.mean(
        results.stream().filter(r -> r.turn() == turn).mapToDouble(metric).toArray());
  }

  private static List<TurnResult> simulate(
      EngineProfile profile, HandoffCosts handoff, CsvTable.Row row) {
    String config = row.text("config");
    int turns = row.count("turns");
    Mode mode = config.contains("pD") ? Mode.PPD : Mode.PD;
    ClusterSpec cluster =
        ClusterSpec.of(config, profile, mode).with(handoff, NetworkProfile.NVLINK);
    WorkloadSpec workload =
        WorkloadSpec.conversation(
            "turns",
            row.count("input_tokens", INPUT_TOKENS),
            row.count("output_tokens", OUTPUT_TOKENS),
            turns);
    List<TurnResult> results = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      double perSecond = row.number("qps") / turns;
      SyntheticSessions sessions =
          new SyntheticSessions(workload, perSecond, row.count("count"), new SplittableRandom(run));
      new Replay(cluster, sessions, run, results::add).run();
    }
    return results;
  }

  /** Absolute errors of TTFT. */
  double[] ttftErrors() {
    return rows.stream().mapToDouble(row -> Math.abs(row.ttftError())).toArray();
  }

  /** Absolute errors of TPOT. */
  double[] tpotErrors() {
    return rows.stream().mapToDouble(row -> Math.abs(row.tpotError())).toArray();
  }
}
