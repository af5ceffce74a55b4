package io.turnpike.launcher;

import io.turnpike.launcher.plan.PlanException;
import io.turnpike.launcher.stack.StackException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program behind {@code ./turnpike}. */
@Command(
    name = "turnpike",
    description = "A gateway for vLLM clusters that split prefill from decode.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "turnpike 0.1.0",
    subcommands = {
      UpCommand.class,
      ChatCommand.class,
      StatusCommand.class,
      LogsCommand.class,
      JobCommand.class,
      DownCommand.class,
      KeyCommand.class,
      TestCommand.class
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike up                  start everything, without a GPU",
      "  ./turnpike chat                talk to it",
      "  ./turnpike up --help           all that can be started",
      "  ./turnpike job run FILE        a cluster out of one file; files of vllm pdjob too",
      "  ./turnpike bench --help        measure it, or any OpenAI-compatible server",
      "  ./turnpike simulator --help    engines without a GPU, whole clusters in virtual time"
    })
public final class Turnpike implements Runnable {

  /** What was asked for does not work: a wrong flag, a missing program. */
  static final int USAGE = 2;

  @Spec private CommandSpec spec;

  private Turnpike(CommandSpec spec) {
    this.spec = spec;
  }

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(Console.system(), arguments));
  }

  /** Runs one command and returns its exit code. */
  static int run(Console console, String... arguments) {
    CommandLine line = new CommandLine(new Turnpike(CommandSpec.create()), new Commands(console));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(console.hasColours() ? Ansi.ON : Ansi.OFF));
    line.setOut(console.out());
    line.setErr(console.err());
    line.setExecutionExceptionHandler((fault, _, _) -> failed(console, fault));
    line.setParameterExceptionHandler((fault, _) -> misspelt(console, fault));
    line.setUsageHelpAutoWidth(true);
    return line.execute(arguments);
  }

  /** One line, what was probably meant, and where to read on; not the whole help. */
  private static int misspelt(Console console, ParameterException fault) {
    console.fault(String.valueOf(fault.getMessage()));
    UnmatchedArgumentException.printSuggestions(fault, console.err());
    console.detail("See ./" + fault.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static int failed(Console console, Exception fault) throws Exception {
    return switch (fault) {
      case PlanException plan -> {
        console.fault(plan.text());
        yield USAGE;
      }
      case StackException stack -> {
        console.fault(stack.text());
        stack.log().forEach(line -> console.detail("  | " + line));
        yield 1;
      }
      case InterruptedException _ -> 130;
      default -> throw fault;
    };
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
