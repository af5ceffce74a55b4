package io.turnpike.simulator.validate;

import com.google.errorprone.annotations.FormatMethod;
import io.turnpike.cost.FrontEndCosts;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.cost.StepCosts;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.validate.GridPoint.Latencies;
import io.turnpike.simulator.validate.GridValidation.Agreement;
import io.turnpike.simulator.validate.GridValidation.Cell;
import io.turnpike.simulator.validate.Validation.Check;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What is written of a validation: a page and its plots, the same bytes each time. */
final class ValidationReport {

  /** The page's file name; the plots' begin like it. */
  static final String PAGE = "simulator-validation.md";

  private static final Map<String, String> COLOURS =
      Map.of("pd", "#1f77b4", "ppd", "#d62728", "replication", "#2ca02c");

  private final StringBuilder text = new StringBuilder();
  private final Validation validation;

  private ValidationReport(Validation validation) {
    this.validation = validation;
  }

  /** File names and their contents. */
  static Map<String, String> files(Validation validation) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(PAGE, new ValidationReport(validation).page());
    GridValidation grid = validation.grid();
    files.put("simulator-validation-ttft.svg", plot(grid, "Mean TTFT", Latencies::ttft));
    files.put("simulator-validation-p99.svg", plot(grid, "P99 TTFT", Latencies::ttftP99));
    files.put("simulator-validation-tpot.svg", plot(grid, "TPOT", Latencies::tpot));
    files.put("simulator-validation-e2e.svg", plot(grid, "E2E", Latencies::endToEnd));
    return files;
  }

  private static String plot(
      GridValidation grid, String title, ToDoubleFunction<Latencies> metric) {
    double least = Double.MAX_VALUE;
    double most = 0;
    for (Cell cell : grid.cells()) {
      for (Latencies of : List.of(cell.point().measured(), cell.simulated())) {
        least = Math.min(least, metric.applyAsDouble(of));
        most = Math.max(most, metric.applyAsDouble(of));
      }
    }
    ScatterPlot plot = new ScatterPlot(title, least, most);
    for (Cell cell : grid.cells()) {
      GridPoint point = cell.point();
      plot.point(
          metric.applyAsDouble(point.measured()),
          metric.applyAsDouble(cell.simulated()),
          COLOURS.getOrDefault(point.mode(), "#000"),
          point.workload() + " " + point.perSecond() + "/s " + point.mode());
    }
    int row = 0;
    for (String mode : List.of("pd", "ppd", "replication")) {
      plot.legend(row++, COLOURS.getOrDefault(mode, "#000"), mode);
    }
    return plot.svg();
  }

  private String page() {
    text.append(ValidationText.INTRODUCTION);
    checks();
    parameters();
    gridTable();
    turnsTable();
    burstsTable();
    return text.toString();
  }

  private void checks() {
    line("## Result%n");
    line("| figure | value | bound | |");
    line("|---|---|---|---|");
    for (Check check : validation.checks()) {
      line(
          "| %s | %.1f %% | %s %.1f %% | %s |",
          check.name(),
          100 * check.value(),
          check.atLeast() ? "≥" : "≤",
          100 * check.bound(),
          check.holds() ? "holds" : "**missed**");
    }
    line("%n| grid | median error | 90th percentile | winner agreement |");
    line("|---|---|---|---|");
    spread("mean TTFT", Latencies::ttft);
    spread("P99 TTFT", Latencies::ttftP99);
    spread("TPOT", Latencies::tpot);
    spread("E2E", Latencies::endToEnd);
    line(
        "%nBursts beside prefills, median error of the decodes' TPOT: append %.1f %%, full %.1f"
            + " %%.%n",
        100 * Figures.median(validation.bursts().besideErrors("append")),
        100 * Figures.median(validation.bursts().besideErrors("full")));
    for (String plot : List.of("ttft", "p99", "tpot", "e2e")) {
      line("![%s](simulator-validation-%s.svg)", plot, plot);
    }
    line("");
  }

  private void spread(String name, ToDoubleFunction<Latencies> metric) {
    double[] errors = validation.grid().errors(metric);
    Agreement agreement = validation.grid().agreement(metric);
    line(
        "| %s | %.1f %% | %.1f %% | %d of %d (%.0f %%) |",
        name,
        100 * Figures.median(errors),
        100 * Figures.percentile(errors, 90),
        agreement.right(),
        agreement.all(),
        100 * agreement.share());
  }

  private void parameters() {
    StepCosts steps = validation.profile().steps();
    FrontEndCosts front = validation.profile().frontEnd();
    HandoffCosts handoff = validation.handoff();
    line("## Parameters%n");
    line("One set for all cells (`%s`, p2p-nccl over NVLink).%n", validation.profile().name());
    line("| parameter | value | what it stands for |");
    line("|---|---|---|");
    parameter("t0", steps.baseMillis(), "ms a step: weights read once, kernels launched");
    parameter("a", steps.decodeMillis(), "ms a running decode: sampling, bookkeeping, streaming");
    parameter("b", steps.decodeContextMillis(), "ms a token of a decode's context: its KV is read");
    parameter("c", steps.prefillMillis(), "ms a prompt token: matrix products");
    parameter(
        "c, sending", steps.sendingPrefillMillis(), "c on P, which sends KV while it computes");
    parameter("d", steps.attentionMillis(), "ms a prompt token and token of its prompt: attention");
    parameter("mixed", steps.mixedMillis(), "ms a step with a prefill: no captured graph");
    parameter("before", front.beforeMillis(), "ms on the way in, requests side by side");
    parameter("serial", front.serialMillis(), "ms on the way in, one request after the other");
    parameter(
        "history", front.historyTokenMillis(), "ms a cached prompt token: rendering, block hashes");
    parameter("after", front.afterMillis(), "ms from a step's end to the client");
    parameter("send", handoff.sendMillis(), "ms a prompt: P's step that ends it lasts that long");
    parameter("load", handoff.loadMillis(), "ms D's step stands still to load a prompt's KV");
    parameter("load, token", handoff.loadTokenMillis(), "ms more for each token of its prompt");
    line("");
  }

  private void parameter(String name, double value, String meaning) {
    line("| %s | %s | %s |", name, plain(value), meaning);
  }

  private static String plain(double value) {
    return new java.math.BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  private void gridTable() {
    line("## Grid: two H100, turn 2%n");
    line("| workload | rate | mode | TTFT | | | P99 TTFT | | | TPOT | | | E2E | | |");
    line("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    line(
        "| | 1/s | | meas. | sim. | error | meas. | sim. | error | meas. | sim. | error | meas. |"
            + " sim. | error |");
    for (Cell cell : validation.grid().cells()) {
      line(
          "| %s | %s | %s |%s%s%s%s",
          cell.point().workload(),
          plain(cell.point().perSecond()),
          cell.point().mode(),
          compared(cell, Latencies::ttft, 0),
          compared(cell, Latencies::ttftP99, 0),
          compared(cell, Latencies::tpot, 1),
          compared(cell, Latencies::endToEnd, 0));
    }
    line("");
  }

  private static String compared(Cell cell, ToDoubleFunction<Latencies> metric, int digits) {
    return compared(
        metric.applyAsDouble(cell.point().measured()),
        metric.applyAsDouble(cell.simulated()),
        digits);
  }

  private static String compared(double measured, double simulated, int digits) {
    String format = " %." + digits + "f | %." + digits + "f | %+.0f %% |";
    return String.format(
        Locale.ROOT, format, measured, simulated, 100 * Figures.error(simulated, measured));
  }

  private void turnsTable() {
    line("## Turns: four H100, conversations of 16 turns%n");
    line("| cluster | turn | TTFT meas. | sim. | error | TPOT meas. | sim. | error |");
    line("|---|---|---|---|---|---|---|---|");
    for (TurnsValidation.Row row : validation.turns().rows()) {
      if (row.turns() == 16) {
        line(
            "| %s | %d |%s%s",
            row.config(),
            row.turn(),
            compared(row.measuredTtft(), row.simulatedTtft(), 1),
            compared(row.measuredTpot(), row.simulatedTpot(), 2));
      }
    }
    line("");
  }

  private void burstsTable() {
    line("## Bursts: one H100, decodes that start together%n");
    line("| decodes | prefills | kind | TPOT meas. | sim. | error |");
    line("|---|---|---|---|---|---|");
    for (BurstValidation.Row row : validation.bursts().rows()) {
      if (row.kind().equals("none") || row.decodes() % 50 == 0) {
        line(
            "| %d | %d | %s |%s",
            row.decodes(),
            row.prefills(),
            row.kind(),
            compared(row.measuredTpot(), row.simulatedTpot(), 1));
      }
    }
  }

  @FormatMethod
  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
