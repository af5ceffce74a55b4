package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.process.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a job in the background. */
@Command(
    name = "submit",
    header = "Start a job in the background and print its id.",
    mixinStandardHelpOptions = true,
    description =
        "Checks the file, and returns at once with the id of a job that a process in the background"
            + " starts and watches over, as run does.",
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
  public Integer call() throws IOException {
    jobOptions.job(console);
    JobFolder.Entry entry =
        JobFolder.in(stateOption.folder()).begin(jobOptions.file(), ThreadLocalRandom.current());
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-Dturnpike.root=" + StateOption.root().toAbsolutePath(),
            "-cp",
            System.getProperty("java.class.path"),
            Turnpike.class.getName(),
            "job",
            "run",
            jobOptions.file().toAbsolutePath().toString(),
            "--id",
            entry.id(),
            "--state",
            stateOption.folder().path().toString());
    new Launch("job", command, Map.of(), entry.output()).start(entry.watcherFolder());
    console.line(entry.id());
    console.detail("See ./turnpike job status " + entry.id() + "; job stop ends it.");
    return 0;
  }
}
