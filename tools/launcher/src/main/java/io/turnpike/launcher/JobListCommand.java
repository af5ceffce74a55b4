package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.process.PidFile;
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
  public Integer call() {
    List<List<String>> rows = new ArrayList<>();
    for (JobFolder.Entry entry : JobFolder.in(stateOption.folder()).all()) {
      long alive = entry.state().processes().stream().filter(PidFile::isAlive).count();
      rows.add(List.of(entry.id(), entry.condition().word(), Long.toString(alive), entry.url()));
    }
    if (rows.isEmpty()) {
      console.line("No jobs. Start one: ./turnpike job run FILE");
    } else {
      console.table(List.of("ID", "CONDITION", "PROCESSES", "URL"), rows);
    }
    return 0;
  }
}
