package io.turnpike.launcher;

import io.turnpike.launcher.stack.Stack;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops what {@code up} has started. */
@Command(
    name = "down",
    header = "Stop everything; no process and no port is left.",
    mixinStandardHelpOptions = true,
    description =
        "Stops everything that ./turnpike up has started: SIGTERM, after a while SIGKILL. A process"
            + " that merely got the pid of one of ours is left alone. Logs stay for a look.",
    footer = {
      "",
      "For example:",
      "  ./turnpike down",
      "  ./turnpike down --state /tmp/second-stack"
    })
final class DownCommand implements Callable<Integer> {

  @Mixin private StateOption stateOption = new StateOption();

  private final Console console;

  DownCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.progress("stopping …");
    List<String> stopped = Stack.stop(stateOption.folder());
    console.line(
        stopped.isEmpty() ? "Nothing was running." : "Stopped: " + String.join(", ", stopped));
    return 0;
  }
}
