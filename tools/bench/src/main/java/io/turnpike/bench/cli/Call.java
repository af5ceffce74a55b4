package io.turnpike.bench.cli;

import io.turnpike.bench.run.Terminal;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * How a command was called.
 *
 * @param terminal where it writes to
 * @param arguments what was asked for, the command's name first
 */
record Call(Terminal terminal, List<String> arguments) {

  static Call of(@Nullable CommandSpec spec) {
    if (spec == null) {
      return new Call(
          new Terminal(
              new PrintWriter(System.out, true, StandardCharsets.UTF_8),
              new PrintWriter(System.err, true, StandardCharsets.UTF_8)),
          List.of());
    }
    return new Call(
        new Terminal(spec.commandLine().getOut(), spec.commandLine().getErr()),
        spec.commandLine().getParseResult().originalArgs());
  }
}
