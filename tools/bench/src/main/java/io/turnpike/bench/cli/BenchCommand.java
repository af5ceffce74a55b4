package io.turnpike.bench.cli;

import io.turnpike.bench.run.ExitCode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All commands under one name. */
@Command(
    name = "turnpike bench",
    mixinStandardHelpOptions = true,
    description = "Measures gateways and engines, and draws what was measured.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LoadCommand.class,
      QpsCommand.class,
      CompareCommand.class,
      ChatCommand.class,
      HandoffCommand.class,
      MergeCommand.class,
      PlotCommand.class,
      RateCommand.class,
      SweepCommand.class
    },
    footer = {
      "",
      "For example, with a stack started by ./turnpike up:",
      "  ./turnpike bench load --requests 100 --concurrency 16",
      "Exit codes: 0 fine, 1 failed, 2 usage, 3 an objective (--goodput) was missed, 4 the load",
      "generator was itself the limit, so the result is not valid."
    })
public final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  private BenchCommand(CommandSpec spec) {
    this.spec = spec;
  }

  /** Runs one command and returns its exit code. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(new BenchCommand(CommandSpec.create()));
    line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(100);
    line.setExecutionExceptionHandler(
        (error, command, parsed) -> {
          String said = error.getMessage() == null ? error.toString() : error.getMessage();
          command.getErr().println("turnpike bench: " + said);
          boolean asked = error instanceof IllegalArgumentException;
          return (asked ? ExitCode.USAGE : ExitCode.FAILED).code();
        });
    List<String> said = new ArrayList<>();
    try {
      List<String> ours = OldFlags.translated(List.of(arguments), said);
      said.forEach(one -> err.println("turnpike bench: " + one));
      return line.execute(ours.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      err.println("turnpike bench: " + e.getMessage());
      return ExitCode.USAGE.code();
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "what should be measured? (see ./turnpike bench --help)");
  }
}
