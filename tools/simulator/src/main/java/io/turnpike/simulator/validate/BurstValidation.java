package io.turnpike.simulator.validate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.table.CsvTable;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.workload.Content;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.ArrayList;
import java.util.List;

/**
 * Bursts of decodes on one engine, alone and with prefills beside them.
 *
 * @param rows each measured burst with what was simulated
 */
record BurstValidation(List<Row> rows) {

  /** Real tokens of this set's random words for each nominal one. */
  private static final double REAL_TOKENS = 1.75;

  private static final int CONTEXT_TOKENS = real(2048);
  private static final int DECODE_TOKENS = real(32);
  private static final int OUTPUT_TOKENS = 64;
  private static final long BURST_NANOS = 100_000_000_000L;

  /**
   * A burst.
   *
   * @param decodes how many
   * @param prefills how many beside them
   * @param kind none, append or full
   * @param newTokens nominal new tokens of a prefill
   * @param measuredTpot of the decodes, mean, ms
   * @param simulatedTpot of the decodes, mean, ms
   */
  record Row(
      int decodes,
      int prefills,
      String kind,
      int newTokens,
      double measuredTpot,
      double simulatedTpot) {

    double tpotError() {
      return Figures.error(simulatedTpot, measuredTpot);
    }
  }

  private static int real(int nominal) {
    return (int) Math.round(nominal * REAL_TOKENS);
  }

  /** Simulates the bursts of the table that have decodes. */
  static BurstValidation run(EngineProfile profile, CsvTable table) {
    List<Row> rows = new ArrayList<>();
    for (CsvTable.Row row : table.rows()) {
      if (row.count("decodes") > 0) {
        rows.add(row(profile, row));
      }
    }
    return new BurstValidation(rows);
  }

  private static Row row(EngineProfile profile, CsvTable.Row row) {
    int decodes = row.count("decodes");
    List<Session> sessions = new ArrayList<>();
    Content shared = Content.of(-1);
    sessions.add(session("context", 0, CONTEXT_TOKENS, 1, shared));
    for (int i = 0; i < decodes; i++) {
      Content own = Content.of(i, shared, CONTEXT_TOKENS);
      sessions.add(
          session("decode-" + i, BURST_NANOS, CONTEXT_TOKENS + DECODE_TOKENS, OUTPUT_TOKENS, own));
    }
    for (int i = 0; i < row.count("prefills"); i++) {
      sessions.add(prefill(row, i, shared));
    }
    List<TurnResult> results = new ArrayList<>();
    ClusterSpec cluster = ClusterSpec.of("1R", profile, Mode.PD);
    new Replay(cluster, sessions.iterator(), 1, results::add).run();
    double tpot =
        results.stream()
            .filter(result -> result.session().startsWith("decode"))
            .mapToDouble(TurnResult::tpotMillis)
            .average()
            .orElseThrow();
    return new Row(
        decodes,
        row.count("prefills"),
        row.text("prefill_type"),
        row.count("new_tokens_nominal"),
        row.number("decode_tpot_ms"),
        tpot);
  }

  private static Session prefill(CsvTable.Row row, int number, Content shared) {
    Content own = Content.of(1_000_000L + number);
    String name = "prefill-" + number;
    int fresh = real(row.count("new_tokens_nominal"));
    if (row.text("prefill_type").equals("full")) {
      return session(name, BURST_NANOS, fresh, OUTPUT_TOKENS, own);
    }
    int sharedBlocks = CONTEXT_TOKENS / 16;
    Content appended =
        block -> block < sharedBlocks ? shared.blockHash(block) : own.blockHash(block);
    return session(name, BURST_NANOS, CONTEXT_TOKENS + fresh, OUTPUT_TOKENS, appended);
  }

  private static Session session(String name, long atNanos, int in, int out, Content content) {
    return new Session(
        name, atNanos, 0, Answers.MISS, List.of(new Turn(in, out, atNanos, 0, content)));
  }

  /** Absolute errors of bursts without prefills, 10 to 250 decodes. */
  double[] aloneErrors() {
    return rows.stream()
        .filter(row -> row.kind.equals("none") && row.decodes >= 10)
        .mapToDouble(row -> Math.abs(row.tpotError()))
        .toArray();
  }

  /** Absolute errors of bursts with prefills of a kind. */
  double[] besideErrors(String kind) {
    return rows.stream()
        .filter(row -> row.kind.equals(kind))
        .mapToDouble(row -> Math.abs(row.tpotError()))
        .toArray();
  }
}
