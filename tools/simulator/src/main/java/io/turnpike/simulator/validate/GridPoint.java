package io.turnpike.simulator.validate;

import io.turnpike.simulator.table.CsvTable;
import java.util.List;
import java.util.Locale;

/**
 * One measured cell: a workload at a rate on a cluster.
 *
 * @param workload its name
 * @param inputTokens real tokens of the prompt
 * @param outputTokens real tokens of the answer
 * @param perSecond turns that start in a second
 * @param mode pd, ppd or replication
 * @param cluster the engines: 1P1D, 2R and so on
 * @param measured what was measured
 */
record GridPoint(
    String workload,
    int inputTokens,
    int outputTokens,
    double perSecond,
    String mode,
    String cluster,
    Latencies measured) {

  /**
   * What a client sees, in milliseconds.
   *
   * @param ttft mean time to the first token
   * @param ttftP99 its 99th percentile
   * @param tpot mean time per token after it
   * @param endToEnd mean time to the last token
   */
  record Latencies(double ttft, double ttftP99, double tpot, double endToEnd) {}

  static List<GridPoint> all(CsvTable table) {
    return table.rows().stream().map(GridPoint::of).toList();
  }

  private static GridPoint of(CsvTable.Row row) {
    String mode = row.text("mode").toLowerCase(Locale.ROOT);
    String usual =
        switch (mode) {
          case "pd", "ppd" -> "1P1D";
          case "replication" -> "2R";
          default ->
              throw new IllegalArgumentException(
                  "line %d, mode: \"%s\" (expected: pd, ppd or replication)"
                      .formatted(row.line(), mode));
        };
    return new GridPoint(
        row.text("workload"),
        row.count("real_input_tokens"),
        row.count("real_output_tokens"),
        row.number("qps"),
        mode,
        row.text("cluster", usual),
        new Latencies(
            row.number("ttft_avg_ms"),
            row.number("ttft_p99_ms"),
            row.number("tpot_avg_ms"),
            row.number("e2e_avg_ms")));
  }
}
