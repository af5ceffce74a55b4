package io.turnpike.launcher;

import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which job, and where. */
final class JobOptions {

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "Where it runs, over what the file says: local, this machine; ray, a Ray cluster;"
              + " kubernetes, the cluster of your kubeconfig.")
  private @Nullable String backEnd;

  @Parameters(paramLabel = "FILE", description = "The job file.")
  private Path file = Path.of("");

  /** The file. */
  Path file() {
    return file;
  }

  /** What is wrong with it, also on its back end. */
  JobCheck check() {
    if (backEnd != null) {
      BackEnds.of(backEnd); // A name that is none is said before the file is read.
    }
    return JobCheck.of(file, backEnd, BackEnds::of);
  }

  /** The job of a file without mistakes; notes go to the console. */
  JobFile job(Console console) {
    JobCheck check = check();
    JobFile job = check.orThrow();
    check.notes().forEach(note -> console.detail("note: " + note));
    return job;
  }

  /** A folder for a new job of that file. */
  JobFolder.Entry begin(JobFolder folder, JobFile job) {
    JobFolder.Entry entry = folder.begin(file, ThreadLocalRandom.current());
    entry.on(job.target().backEnd());
    return entry;
  }
}
