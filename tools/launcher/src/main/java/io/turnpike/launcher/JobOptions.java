package io.turnpike.launcher;

import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.plan.PlanException;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which job, and where. */
final class JobOptions {

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "local",
      description = "Where it runs, over what the file says: local, this machine.")
  private String backend = "local";

  @Parameters(paramLabel = "FILE", description = "The job file.")
  private Path file = Path.of("");

  /** The file. */
  Path file() {
    return file;
  }

  /** The job of a file without mistakes; notes go to the console. */
  JobFile job(Console console) {
    if (!JobFile.BACKENDS.contains(backend)) {
      throw new PlanException(
          "--backend: '" + backend + "' (expected: " + String.join(", ", JobFile.BACKENDS) + ")");
    }
    JobCheck check = JobCheck.of(file);
    JobFile job = check.orThrow();
    check.notes().forEach(note -> console.detail("note: " + note));
    return job;
  }
}
