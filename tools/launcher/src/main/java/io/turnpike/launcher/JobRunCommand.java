package io.turnpike.launcher;

import io.turnpike.launcher.job.BackEnd;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a job until somebody ends it. */
@Command(
    name = "run",
    header = "Start a job, say where it is, and stay; Ctrl-C stops all of it.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts all workers and what is in front of them, says how each of them gets on, and then the"
          + " URL. Stays until Ctrl-C, SIGTERM or ./turnpike job stop, and leaves nothing running.",
      "A process that ends before all can be used ends all the others: its last lines are shown,"
          + " and the exit code is 1. Later it is started again, five times in a row at most."
    },
    footer = {"", "For example:", "  ./turnpike job run cluster.yaml"})
final class JobRunCommand implements Callable<Integer> {

  @Mixin private JobOptions jobOptions = new JobOptions();
  @Mixin private StateOption stateOption = new StateOption();

  @Option(names = "--id", hidden = true, description = "The id that submit has given out.")
  private @Nullable String id;

  private final Console console;

  JobRunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    JobFile job = jobOptions.job(console);
    JobFolder folder = JobFolder.in(stateOption.folder());
    JobFolder.Entry entry = id == null ? jobOptions.begin(folder, job) : folder.entry(id);
    BackEnd backEnd = BackEnds.of(job.target().backEnd());
    try (Ending _ = Ending.of(Thread.currentThread(), backEnd.toEnd(job))) {
      backEnd.run(job, entry, this::say);
    }
    return 0;
  }

  private void say(String line) {
    String up = "Up: ";
    console.line(line.startsWith(up) ? console.green(up) + line.substring(up.length()) : line);
  }
}
