package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a job in the background. */
@Command(
    name = "submit",
    header = "Start a job in the background and print its id.",
    mixinStandardHelpOptions = true,
    description =
        "Checks the file, and returns at once with the id of a job that goes on by itself: on this"
            + " machine watched by a process in the background, as run does it; on a cluster by"
            + " the cluster, on Kubernetes by such a process until it is up.",
    footer = {
      "",
      "For example:",
      "  ./turnpike job submit cluster.yaml",
      "  ./turnpike job status ID"
    })
final class JobSubmitCommand implements Callable<Integer> {

  @Mixin private JobOptions jobOptions = new JobOptions();
  @Mixin private StateOption stateOption = new StateOption();

  private final Console console;

  JobSubmitCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    JobFile job = jobOptions.job(console);
    JobFolder.Entry entry = jobOptions.begin(JobFolder.in(stateOption.folder()), job);
    BackEnds.of(job.target().backEnd()).submit(job, entry);
    console.line(entry.id());
    console.detail("See ./turnpike job status " + entry.id() + "; job stop ends it.");
    return 0;
  }
}
