package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what a job file means. */
@Command(
    name = "render",
    header = "Print what a job file means: command lines, or a back end's own plan.",
    mixinStandardHelpOptions = true,
    description =
        "Prints what ./turnpike job run would start now: on this machine as lines that a shell"
            + " could run, every placeholder replaced, ports and GPUs handed out; on Ray as the"
            + " plan that its driver is given; on Kubernetes as manifests. Starts nothing.",
    footer = {
      "",
      "For example:",
      "  ./turnpike job render cluster.yaml",
      "  ./turnpike job render cluster.yaml --backend ray",
      "  ./turnpike job render cluster.yaml --backend kubernetes"
    })
final class JobRenderCommand implements Callable<Integer> {

  @Mixin private JobOptions jobOptions = new JobOptions();
  @Mixin private StateOption stateOption = new StateOption();

  private final Console console;

  JobRenderCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    JobFile job = jobOptions.job(console);
    JobFolder.Entry entry = JobFolder.in(stateOption.folder()).entry("ID");
    BackEnds.of(job.target().backEnd()).render(job, entry).forEach(console::line);
    return 0;
  }
}
