package io.turnpike.bench;

import io.turnpike.bench.cli.BenchCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The program behind {@code ./turnpike bench}. */
public final class Bench {

  private Bench() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    System.setProperty("java.awt.headless", "true");
    System.exit(
        BenchCommand.run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }
}
