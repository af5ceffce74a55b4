package io.turnpike.bench.rate;

import java.util.List;
import java.util.Map;

/** A rate and its repeats. */
public record Tried(double rate, List<Repeat> repeats) {

  /**
   * One repeat, with arrivals of its own; times in ms.
   *
   * @param goodShare requests that met the objective, of all that were asked for
   * @param failures by reason
   * @param saturation how the server fell behind, empty if it did not
   * @param loadGenerator how it was itself the limit, empty if it was not
   * @param pass whether enough met it, and the server kept up
   */
  public record Repeat(
      double goodShare,
      double p99TtftMs,
      double meanTpotMs,
      Map<String, Long> failures,
      String saturation,
      List<String> loadGenerator,
      boolean pass) {

    boolean counts() {
      return loadGenerator.isEmpty();
    }
  }

  public Tried {
    repeats = List.copyOf(repeats);
  }

  long passed() {
    return repeats.stream().filter(Repeat::pass).count();
  }

  long counted() {
    return repeats.stream().filter(Repeat::counts).count();
  }

  /** Repeats that disagree say that the answer depends on the arrivals. */
  boolean isSplit() {
    return passed() > 0 && passed() < counted();
  }

  double goodShare() {
    return repeats.stream()
        .filter(Repeat::counts)
        .mapToDouble(Repeat::goodShare)
        .average()
        .orElse(0);
  }

  /** The majority of those that count. */
  boolean passes() {
    return passed() * 2 > counted();
  }
}
