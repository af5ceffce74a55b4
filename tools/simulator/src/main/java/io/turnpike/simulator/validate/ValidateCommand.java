package io.turnpike.simulator.validate;

import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.table.CsvTable;
import io.turnpike.simulator.validate.Validation.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
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
    header = "Holds the simulator against measured engines.",
    description = {
      "",
      "Without --points: replays the measured sets that come with the simulator and prints how far",
      "it is off; 1 is the exit code when a bound is missed.",
      "",
      "With --points: replays your own measured points, as a CSV of one of two kinds.",
      "Second turns, under the grid's conditions (turn 1 over, 60 s, 100 connections):",
      "  workload,real_input_tokens,real_output_tokens,qps,mode,ttft_avg_ms,ttft_p99_ms,",
      "  tpot_avg_ms,e2e_avg_ms[,cluster]",
      "mode is pd, ppd or replication; cluster is 1P3D, 2P_2pD, 4R, 1R_1P_2pD and so on, without",
      "it 1P1D or 2R.",
      "Turn by turn, conversations one after the other as they come:",
      "  config,turns,qps,turn,count,ttft_avg,tpot_avg[,input_tokens,output_tokens]",
      "config is a cluster; pD in it means that later turns go straight to D; qps counts turns;",
      "count is how many conversations were measured; without token counts 85 in and 128 out.",
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

  @Option(
      names = "--connector",
      defaultValue = "p2p-nccl",
      description = "with --points: p2p-nccl or nixl [${DEFAULT-VALUE}]")
  private String connector = "p2p-nccl";

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
    OwnPoints.print(table, Profiles.find(profile), HandoffCosts.of(connector), out);
    return 0;
  }
}
