package io.turnpike.simulator;

import io.turnpike.simulator.calibrate.CalibrateCommand;
import io.turnpike.simulator.explain.ExplainCommand;
import io.turnpike.simulator.http.JoinCommand;
import io.turnpike.simulator.http.ServeCommand;
import io.turnpike.simulator.replay.ReplayCommand;
import io.turnpike.simulator.validate.ValidateCommand;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The simulator's command line. */
@Command(
    name = "turnpike simulator",
    mixinStandardHelpOptions = true,
    header = "vLLM engines without a GPU, one as a server or whole clusters in virtual time.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      JoinCommand.class,
      ReplayCommand.class,
      ValidateCommand.class,
      CalibrateCommand.class,
      ExplainCommand.class
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike simulator replay --workload W4 --qps 4 --cluster 1P1D,2P2D --mode pd,ppd",
      "  ./turnpike simulator explain --request prompt=6000,new=300,decodes=20"
    })
public final class Simulator {

  private Simulator() {}

  /** Runs a subcommand and exits with its code; bad usage is 2, a mistake in a value is 1. */
  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "simulator-logback.xml");
    // msgpack would use sun.misc.Unsafe, and the JVM would warn of it in every engine's log.
    System.setProperty("msgpack.universal-buffer", "true");
    CommandLine command = new CommandLine(new Simulator());
    command.setUsageHelpWidth(100);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setExecutionExceptionHandler(
        (error, line, parsed) -> {
          String said = error instanceof NoSuchFileException ? "no such file: " : "";
          line.getErr().println(line.getCommandName() + ": " + said + error.getMessage());
          return 1;
        });
    System.exit(command.execute(args));
  }
}
