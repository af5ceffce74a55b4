package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
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

  @Mixin private JobIdOption job = new JobIdOption();

  private final Console console;

  JobStopCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    console.progress("stopping …");
    JobFolder.Entry entry = job.entry();
    BackEnds.running(entry).stop(console::line);
    entry.over();
    return 0;
  }
}
