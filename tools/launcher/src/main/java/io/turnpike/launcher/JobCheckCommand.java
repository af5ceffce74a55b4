package io.turnpike.launcher;

import io.turnpike.launcher.job.Group;
import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.JobFile;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says all that is wrong with a job file. */
@Command(
    name = "check",
    header = "Say all that is wrong with a job file; start nothing.",
    mixinStandardHelpOptions = true,
    description =
        "Reads a job file and checks it: keys, GPUs, ports, connectors, roles and sizes. Each"
            + " mistake is one line with file, line, key and what was expected. Exit code 0: none;"
            + " 1: some.",
    footer = {"", "For example:", "  ./turnpike job check cluster.yaml"})
final class JobCheckCommand implements Callable<Integer> {

  @Mixin private JobOptions jobOptions = new JobOptions();

  private final Console console;

  JobCheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    JobCheck check = jobOptions.check();
    check.notes().forEach(note -> console.detail("note: " + note));
    check.mistakes().forEach(console::fault);
    if (!check.mistakes().isEmpty()) {
      return 1;
    }
    console.line(jobOptions.file() + ": " + console.green("fine") + ", " + summary(check.job()));
    return 0;
  }

  private static String summary(JobFile job) {
    String workers =
        job.groups().stream()
            .filter(group -> group.replicas() > 0)
            .map(JobCheckCommand::summary)
            .collect(Collectors.joining(", "));
    return workers + "; port " + job.scheduler().port();
  }

  private static String summary(Group group) {
    return group.replicas() + " " + group.role().word() + " x " + group.gpusEach() + " GPU";
  }
}
