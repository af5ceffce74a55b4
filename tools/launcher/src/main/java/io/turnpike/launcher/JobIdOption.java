package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.plan.Nearest;
import io.turnpike.launcher.plan.PlanException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which of the jobs that were begun. */
final class JobIdOption {

  @Mixin private StateOption stateOption = new StateOption();

  @Parameters(index = "0", paramLabel = "ID", description = "The job, as list names it.")
  private String id = "";

  /** The job; an id that there is not is a fault that names the nearest. */
  JobFolder.Entry entry() {
    JobFolder folder = JobFolder.in(stateOption.folder());
    JobFolder.Entry entry = folder.find(id);
    if (entry == null) {
      List<String> ids = folder.all().stream().map(JobFolder.Entry::id).toList();
      String near = Nearest.to(id, ids);
      throw new PlanException(
          "no job '"
              + id
              + "' (expected: "
              + (near == null ? "one of ./turnpike job list" : near + "?")
              + ")");
    }
    return entry;
  }
}
