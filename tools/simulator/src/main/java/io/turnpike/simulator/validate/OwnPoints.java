package io.turnpike.simulator.validate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.table.CsvTable;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.validate.GridPoint.Latencies;
import io.turnpike.simulator.validate.GridValidation.Cell;
import java.io.PrintWriter;
import java.util.function.ToDoubleFunction;

/** An operator's own measured points beside simulated ones, as a table. */
final class OwnPoints {

  private OwnPoints() {}

  /** Simulates and prints the points; the table's columns say which kind they are. */
  static void print(CsvTable table, EngineProfile profile, HandoffCosts handoff, PrintWriter out) {
    if (table.header().contains("config")) {
      turns(TurnsValidation.run(profile, handoff, table), out);
    } else {
      cells(GridValidation.run(profile, handoff, GridPoint.all(table), Validation.RUNS), out);
    }
  }

  private static void cells(GridValidation grid, PrintWriter out) {
    out.printf(
        "%-10s %8s %-12s %-10s %25s %25s %25s %25s%n",
        "workload", "1/s", "mode", "cluster", "TTFT ms", "P99 TTFT", "TPOT", "E2E");
    for (Cell cell : grid.cells()) {
      GridPoint point = cell.point();
      out.printf(
          "%-10s %8s %-12s %-10s",
          point.workload(), point.perSecond(), point.mode(), point.cluster());
      pair(out, cell, Latencies::ttft);
      pair(out, cell, Latencies::ttftP99);
      pair(out, cell, Latencies::tpot);
      pair(out, cell, Latencies::endToEnd);
      out.println();
    }
    out.printf(
        "median absolute error: TTFT %.1f %%, P99 TTFT %.1f %%, TPOT %.1f %%, E2E %.1f %%%n",
        percent(grid.errors(Latencies::ttft)),
        percent(grid.errors(Latencies::ttftP99)),
        percent(grid.errors(Latencies::tpot)),
        percent(grid.errors(Latencies::endToEnd)));
  }

  private static void turns(TurnsValidation turns, PrintWriter out) {
    out.printf("%-12s %6s %5s %25s %25s%n", "cluster", "turns", "turn", "TTFT ms", "TPOT");
    for (TurnsValidation.Row row : turns.rows()) {
      out.printf("%-12s %6d %5d", row.config(), row.turns(), row.turn());
      pair(out, row.measuredTtft(), row.simulatedTtft());
      pair(out, row.measuredTpot(), row.simulatedTpot());
      out.println();
    }
    out.printf(
        "median absolute error: TTFT %.1f %%, TPOT %.1f %%%n",
        percent(turns.ttftErrors()), percent(turns.tpotErrors()));
  }

  private static void pair(PrintWriter out, Cell cell, ToDoubleFunction<Latencies> metric) {
    pair(
        out, metric.applyAsDouble(cell.point().measured()), metric.applyAsDouble(cell.simulated()));
  }

  private static void pair(PrintWriter out, double measured, double simulated) {
    out.printf(
        " %8.1f %8.1f %+5.0f %%", measured, simulated, 100 * Figures.error(simulated, measured));
  }

  private static double percent(double[] errors) {
    return 100 * Figures.median(errors);
  }
}
