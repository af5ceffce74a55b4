package io.turnpike.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Starts one of a job's workers anew. */
@Command(
    name = "restart",
    header = "Start one worker of a job anew.",
    mixinStandardHelpOptions = true,
    description =
        "It gets no new turns, ends those that it has, is ended and started again, and gets turns"
            + " as soon as it is healthy. The only worker of its role is missed meanwhile.",
    footer = {"", "For example:", "  ./turnpike job restart ID decode-1"})
final class JobRestartCommand implements Callable<Integer> {

  @Mixin private JobIdOption job = new JobIdOption();

  @Parameters(index = "1", paramLabel = "WORKER", description = "For example decode-1.")
  private String worker = "";

  private final Console console;

  JobRestartCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    BackEnds.running(job.entry()).restart(worker, console::line);
    return 0;
  }
}
