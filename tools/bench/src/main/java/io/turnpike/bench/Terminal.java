package io.turnpike.bench;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command writes to. */
final class Terminal {

  private static final int COLUMNS = 100;

  private Terminal() {}

  static PrintWriter out(@Nullable CommandSpec spec) {
    return spec == null
        ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
        : spec.commandLine().getOut();
  }

  static PrintWriter err(@Nullable CommandSpec spec) {
    return spec == null
        ? new PrintWriter(System.err, true, StandardCharsets.UTF_8)
        : spec.commandLine().getErr();
  }

  /** A sentence in lines of at most 100 columns. */
  static String wrapped(String sentence) {
    StringBuilder text = new StringBuilder();
    int column = 0;
    for (String word : sentence.split(" ", -1)) {
      boolean fits = column + 1 + word.length() <= COLUMNS;
      text.append(column == 0 ? "" : fits ? " " : "\n  ").append(word);
      column = column == 0 ? word.length() : fits ? column + 1 + word.length() : 2 + word.length();
    }
    return text.toString();
  }

  /** What was asked for, the command's name first. */
  static List<String> arguments(@Nullable CommandSpec spec) {
    return spec == null ? List.of() : spec.commandLine().getParseResult().originalArgs();
  }
}
