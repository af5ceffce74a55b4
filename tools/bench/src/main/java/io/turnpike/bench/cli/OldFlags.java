package io.turnpike.bench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Options of the original tools: where one means the same as ours it is taken for it and a line
 * says so, where none does the answer names what to use.
 */
final class OldFlags {

  /** By our command, else by any. */
  private static final Map<String, Map<String, String>> NOW =
      Map.of(
          "handoff",
          Map.of("--iterations", "--repeats", "--prompt-lengths", "--prompt-tokens"),
          "qps",
          Map.of("--iterations", "--runs", "--output-dir", "--out"),
          "merge",
          Map.of("--output-dir", "--folder"),
          "plot",
          Map.of("--output", "--folder", "--output-dir", "--folder"),
          "sweep",
          Map.of("--output", "--folder", "--output-dir", "--folder"),
          "",
          Map.of(
              "--input-tokens",
              "--prompt-tokens",
              "--output-tokens",
              "--max-tokens",
              "--output",
              "--out"));

  private static final Map<String, String> GONE =
      Map.of(
          "--format", "there is no choice: JSON, CSV and text are all written",
          "--prompt-lengths", "--prompt-tokens, or bench handoff for a ladder of lengths",
          "--iterations", "--requests, or --conversations");

  private static final Set<String> ADDRESS = Set.of("--host", "--port");

  private OldFlags() {}

  /**
   * Arguments as ours.
   *
   * @param arguments the command first
   * @param said gets a line for each old flag
   * @throws IllegalArgumentException with what to use, for a flag that has no like
   */
  static List<String> translated(List<String> arguments, List<String> said) {
    if (arguments.isEmpty()) {
      return arguments;
    }
    String command = arguments.getFirst();
    List<String> now = new ArrayList<>();
    String host = "127.0.0.1";
    String port = "";
    boolean moved = false;
    for (int i = 0; i < arguments.size(); i++) {
      String[] pair = arguments.get(i).split("=", 2);
      if (ADDRESS.contains(pair[0])) {
        String value =
            pair.length == 2 ? pair[1] : i + 1 < arguments.size() ? arguments.get(++i) : "";
        host = pair[0].equals("--host") ? value : host;
        port = pair[0].equals("--port") ? ":" + value : port;
        moved = true;
      } else {
        now.add(flag(command, pair, said));
      }
    }
    if (moved) {
      now.addAll(List.of("--url", "http://" + host + (port.isEmpty() ? ":10001" : port)));
      said.add("--host and --port are now --url " + now.getLast());
    }
    return now;
  }

  private static String flag(String command, String[] pair, List<String> said) {
    Map<String, String> of = NOW.getOrDefault(command, Map.of());
    String ours = of.getOrDefault(pair[0], NOW.getOrDefault("", Map.of()).get(pair[0]));
    if (ours == null) {
      if (GONE.containsKey(pair[0])) {
        throw new IllegalArgumentException(
            "%s is of the original tools (here: %s)".formatted(pair[0], GONE.get(pair[0])));
      }
      return String.join("=", pair);
    }
    said.add(pair[0] + " is now " + ours);
    return pair.length == 2 ? ours + "=" + pair[1] : ours;
  }
}
