package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.stack.StackException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which jobs there are. */
@Command(
    name = "list",
    header = "Show the jobs that run, and the last ones that have ended.",
    mixinStandardHelpOptions = true,
    footer = {"", "For example:", "  ./turnpike job list"})
final class JobListCommand implements Callable<Integer> {

  @Mixin private StateOption stateOption = new StateOption();

  private final Console console;

  JobListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<List<String>> rows = new ArrayList<>();
    for (JobFolder.Entry entry : JobFolder.in(stateOption.folder()).all()) {
      rows.add(row(entry));
    }
    if (rows.isEmpty()) {
      console.line("No jobs. Start one: ./turnpike job run FILE");
    } else {
      console.table(List.of("ID", "BACKEND", "CONDITION", "PROCESSES", "URL"), rows);
    }
    return 0;
  }

  /** A cluster that does not answer is no reason to show nothing of the other jobs. */
  private static List<String> row(JobFolder.Entry entry) throws InterruptedException {
    try {
      JobStatus status = BackEnds.running(entry).status();
      long alive = status.processes().stream().filter(JobStatus.Member::alive).count();
      return List.of(
          entry.id(),
          entry.backEnd(),
          status.condition().word(),
          Long.toString(alive),
          status.url());
    } catch (StackException e) {
      return List.of(entry.id(), entry.backEnd(), "unknown", "", e.text());
    }
  }
}
