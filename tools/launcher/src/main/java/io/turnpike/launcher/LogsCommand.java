package io.turnpike.launcher;

import io.turnpike.launcher.process.LogFile;
import io.turnpike.launcher.stack.StateFolder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the logs of the last run. */
@Command(
    name = "logs",
    header = "Show or follow the log of one process.",
    mixinStandardHelpOptions = true,
    description =
        "Shows the end of one process's log; without a name, which logs there are. Logs are kept"
            + " until the next ./turnpike up.",
    footer = {
      "",
      "For example:",
      "  ./turnpike logs                  names",
      "  ./turnpike logs -f proxy-1       follow it; Ctrl-C ends",
      "  ./turnpike logs -n 500 registry"
    })
final class LogsCommand implements Callable<Integer> {

  @Mixin private StateOption stateOption = new StateOption();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is written from now on.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "50",
      description = "How many lines from the end. Default: 50.")
  private int lines;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "For example proxy-1.")
  private @Nullable String name;

  private final Console console;

  LogsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    StateFolder state = stateOption.folder();
    List<String> names = state.logNames();
    if (names.isEmpty()) {
      console.fault("no logs in " + state.logs() + " (start a stack first: ./turnpike up)");
      return 1;
    }
    if (name == null) {
      console.line("Logs in " + state.logs() + ":");
      names.forEach(each -> console.line("  ./turnpike logs -f " + each));
      return 0;
    }
    LogFile.show(state.knownLog(name), lines, follow, console::line);
    return 0;
  }
}
