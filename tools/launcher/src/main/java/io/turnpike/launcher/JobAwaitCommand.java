package io.turnpike.launcher;

import io.turnpike.launcher.job.ClusterBackEnd;
import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.JobFolder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Watches over the start of a job on a cluster, in the background. */
@Command(
    name = "await",
    header = "What submit leaves behind until a job is up, or has to be given up.",
    hidden = true,
    mixinStandardHelpOptions = true)
final class JobAwaitCommand implements Callable<Integer> {

  @Mixin private JobIdOption job = new JobIdOption();

  private final Console console;

  JobAwaitCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    JobFolder.Entry entry = job.entry();
    if (BackEnds.running(entry) instanceof ClusterJob running) {
      ClusterBackEnd.awaitStart(running, entry, console::line);
    }
    return 0;
  }
}
