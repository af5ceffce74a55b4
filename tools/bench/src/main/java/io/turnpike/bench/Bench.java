package io.turnpike.bench;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code ./turnpike bench}. */
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
public final class Bench implements Runnable {

  static final int FAILED = 1;
  static final int OBJECTIVE_MISSED = 3;
  static final int NOT_VALID = 4;

  @Spec private CommandSpec spec;

  private Bench(CommandSpec spec) {
    this.spec = spec;
  }

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    System.setProperty("java.awt.headless", "true");
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }

  /** Runs one command and returns its exit code. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandSpec holder = CommandSpec.create();
    CommandLine line = new CommandLine(new Bench(holder));
    line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(100);
    line.setExecutionExceptionHandler(
        (error, command, parsed) -> {
          String said = error.getMessage() == null ? error.toString() : error.getMessage();
          command.getErr().println("turnpike bench: " + said);
          return error instanceof IllegalArgumentException ? 2 : FAILED;
        });
    return line.execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "what should be measured? (see ./turnpike bench --help)");
  }
}
