package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.process.Termination;
import io.turnpike.launcher.stack.Stack;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends a job. */
@Command(
    name = "stop",
    header = "Stop all of a job; no process and no port is left.",
    mixinStandardHelpOptions = true,
    description =
        "Ends gateways before workers, so that turns under way can end; also a job whose run was"
            + " killed. Logs stay for a look.",
    footer = {"", "For example:", "  ./turnpike job stop ID"})
final class JobStopCommand implements Callable<Integer> {

  /** Longer than a run needs to end its gateways, and then its workers. */
  private static final Duration PATIENCE = Duration.ofSeconds(75);

  @Mixin private JobIdOption job = new JobIdOption();

  private final Console console;

  JobStopCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    JobFolder.Entry entry = job.entry();
    console.progress("stopping …");
    PidFile watcher = entry.watcher();
    if (watcher != null) {
      Termination.endAlone(watcher, PATIENCE);
    }
    List<String> left = Stack.stop(entry.state());
    console.line(
        watcher == null && left.isEmpty() ? "Nothing was running." : "Stopped " + entry.id() + ".");
    return 0;
  }
}
