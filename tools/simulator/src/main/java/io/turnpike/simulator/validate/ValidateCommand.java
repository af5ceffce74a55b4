package io.turnpike.simulator.validate;

import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.table.CsvTable;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.validate.GridPoint.Latencies;
import io.turnpike.simulator.validate.GridValidation.Cell;
import io.turnpike.simulator.validate.Validation.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulator validate}: the simulator against measured engines. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    header = "Holds the simulator against measured engines.",
    description = {
      "",
      "Without --points: replays the measured sets that come with the simulator and prints how far",
      "it is off; 1 is the exit code when a bound is missed.",
      "",
      "With --points: replays your own measured cells. A CSV with the columns workload,",
      "real_input_tokens, real_output_tokens, qps, mode (pd, ppd, replication), ttft_avg_ms,",
      "ttft_p99_ms, tpot_avg_ms, e2e_avg_ms, and optionally cluster (1P3D, 2P2D, 4R,",
      "1R_1P_2pD, ...; otherwise 1P1D or 2R).",
      ""
    })
public final class ValidateCommand implements Callable<Integer> {

  @Option(names = "--write", description = "write the report and its plots into this folder")
  private @Nullable Path folder;

  @Option(names = "--points", description = "measured cells of your own")
  private @Nullable Path points;

  @Option(
      names = "--profile",
      defaultValue = Profiles.DEFAULT,
      description = "with --points: engine profile [${DEFAULT-VALUE}]")
  private String profile = Profiles.DEFAULT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    int code = points == null ? builtIn(out) : own(points, out);
    out.flush();
    return code;
  }

  private int builtIn(PrintWriter out) throws IOException {
    Validation validation = Validation.run();
    if (folder != null) {
      for (Map.Entry<String, String> file : ValidationReport.files(validation).entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
    }
    boolean all = true;
    for (Check check : validation.checks()) {
      all &= check.holds();
      out.printf(
          "%-66s %5.1f %%  (%s %.1f %%)%s%n",
          check.name(),
          100 * check.value(),
          check.atLeast() ? "at least" : "at most",
          100 * check.bound(),
          check.holds() ? "" : "  MISSED");
    }
    return all ? 0 : 1;
  }

  private int own(Path file, PrintWriter out) throws IOException {
    CsvTable table;
    try (Reader reader = Files.newBufferedReader(file)) {
      table = CsvTable.read(reader);
    }
    EngineProfile engine = Profiles.find(profile);
    GridValidation grid =
        GridValidation.run(engine, HandoffCosts.P2P_NCCL, GridPoint.all(table), Validation.RUNS);
    out.printf(
        "%-10s %8s %-12s %-10s %25s %25s %22s %25s%n",
        "workload", "1/s", "mode", "cluster", "TTFT", "P99 TTFT", "TPOT", "E2E");
    for (Cell cell : grid.cells()) {
      GridPoint point = cell.point();
      out.printf(
          "%-10s %8s %-12s %-10s",
          point.workload(), point.perSecond(), point.mode(), point.cluster());
      print(out, cell, Latencies::ttft);
      print(out, cell, Latencies::ttftP99);
      print(out, cell, Latencies::tpot);
      print(out, cell, Latencies::endToEnd);
      out.println();
    }
    out.printf(
        "median absolute error: TTFT %.1f %%, P99 TTFT %.1f %%, TPOT %.1f %%, E2E %.1f %%%n",
        100 * Figures.median(grid.errors(Latencies::ttft)),
        100 * Figures.median(grid.errors(Latencies::ttftP99)),
        100 * Figures.median(grid.errors(Latencies::tpot)),
        100 * Figures.median(grid.errors(Latencies::endToEnd)));
    return 0;
  }

  private static void print(PrintWriter out, Cell cell, ToDoubleFunction<Latencies> metric) {
    out.printf(
        " %8.1f %8.1f %+6.0f %%",
        metric.applyAsDouble(cell.point().measured()),
        metric.applyAsDouble(cell.simulated()),
        100 * cell.error(metric));
  }
}
