package io.turnpike.launcher;

import io.turnpike.launcher.job.RunningJob.LogRequest;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The logs of a job. */
@Command(
    name = "logs",
    header = "Show or follow the log of one of a job's processes.",
    mixinStandardHelpOptions = true,
    description =
        "Shows the end of one process's log; without a name, which there are, and for a submitted"
            + " job how its start went.",
    footer = {
      "",
      "For example:",
      "  ./turnpike job logs ID",
      "  ./turnpike job logs ID decode-1 -f      follow it; Ctrl-C ends"
    })
final class JobLogsCommand implements Callable<Integer> {

  @Mixin private JobIdOption job = new JobIdOption();

  @Parameters(
      index = "1",
      paramLabel = "PROCESS",
      arity = "0..1",
      description = "For example decode-1.")
  private @Nullable String process;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is written from now on.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "50",
      description = "How many lines from the end. Default: 50.")
  private int lines;

  private final Console console;

  JobLogsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    BackEnds.running(job.entry()).logs(new LogRequest(process, lines, follow), console::line);
    return 0;
  }
}
