package io.turnpike.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Explains {@code ./turnpike test}; the shell script runs it, because a build replaces the very jar
 * that this class comes from.
 */
@Command(
    name = "test",
    header = "Run every test of the project.",
    mixinStandardHelpOptions = true,
    description =
        "Builds the project, runs every test of it, and ends with the test runner's own counts.",
    footer = {
      "",
      "For example:",
      "  ./turnpike test",
      "  ./turnpike test -- -pl common -am        one module (Maven's own flags)",
      "  ./turnpike test --chaos --minutes 30     kill everything, in an order that is drawn anew",
      "  ./turnpike test --chaos --seed 17        the same order again",
      "  VLLM=~/vllm/bin/vllm TURNPIKE_REAL_MODEL=~/tiny ./turnpike test --real-engines"
    })
@SuppressWarnings("UnusedVariable") // options are explained here, and read by the script
final class TestCommand implements Callable<Integer> {

  @Option(
      names = "--real-engines",
      description =
          "Also test with real vLLM engines; needs a vllm on PATH, or VLLM=FILE, and"
              + " TURNPIKE_REAL_MODEL=FOLDER, a small model.")
  private boolean realEngines;

  @Option(
      names = "--chaos",
      description =
          "Only kill, stop and disturb every part of a suite while clients talk to it, and see that"
              + " answers stay right and nothing is left behind.")
  private boolean chaos;

  @Option(names = "--minutes", paramLabel = "N", description = "How long (2).")
  private double minutes;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "What is done in which order; drawn and printed if not given.")
  private long seed;

  @Option(names = "--clients", paramLabel = "N", description = "How many clients talk (8).")
  private int clients;

  @Parameters(
      paramLabel = "MAVEN-FLAGS",
      arity = "0..*",
      description = "After --: flags for Maven, as they stand.")
  private String[] mavenFlags = {};

  private final Console console;

  TestCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.fault(
        "tests are run by the script (./turnpike test"
            + (realEngines ? " --real-engines" : "")
            + (chaos ? " --chaos" : "")
            + String.join(" ", mavenFlags)
            + "), not by this jar");
    return Turnpike.USAGE;
  }
}
