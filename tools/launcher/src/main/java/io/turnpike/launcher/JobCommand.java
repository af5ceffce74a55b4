package io.turnpike.launcher;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be done with a job file. */
@Command(
    name = "job",
    header = "Check, show and run what a job file says: a whole cluster.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      JobCheckCommand.class,
      JobRenderCommand.class,
      JobRunCommand.class,
      JobSubmitCommand.class,
      JobListCommand.class,
      JobStatusCommand.class,
      JobLogsCommand.class,
      JobScaleCommand.class,
      JobRestartCommand.class,
      JobStopCommand.class,
      JobAwaitCommand.class
    },
    description = {
      "A job file says in one YAML which prefill, decode and replica workers there are, with which"
          + " parameters of vllm serve, and which proxy is in front of them. Files of vllm pdjob"
          + " are read as they are. docs/job.md lists the keys."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike job check cluster.yaml     what is wrong with it; starts nothing",
      "  ./turnpike job render cluster.yaml    the command lines that it means",
      "  ./turnpike job run cluster.yaml       starts it; Ctrl-C stops it"
    })
final class JobCommand implements Runnable {

  @Spec private CommandSpec spec;

  JobCommand() {
    this.spec = CommandSpec.create(); // picocli puts its own there
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
