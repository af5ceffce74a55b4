package io.turnpike.bench.rate;

import io.turnpike.bench.run.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Doubles a rate until one fails, then halves the gap. Nothing but the order of what is tried and
 * what follows from it is here.
 */
final class RateSearch {

  private static final int MOST_DOUBLINGS = 14;

  /** Measures a rate; empty when it was stopped before any repeat was whole. */
  @FunctionalInterface
  interface Probe {
    Optional<Tried> at(double rate) throws IOException, InterruptedException;
  }

  /**
   * What came of it.
   *
   * @param highest rate that passed; 0 for none
   * @param failed the lowest one above it that did not, or that nobody tried
   * @param tried in this order
   */
  record Found(double highest, double failed, List<Tried> tried) {

    Found {
      tried = List.copyOf(tried);
    }

    /** Rates that failed below one that passed: the server or the machine was not steady. */
    List<String> contradictions() {
      return tried.stream()
          .filter(low -> !low.passes())
          .filter(low -> tried.stream().anyMatch(t -> t.rate() > low.rate() && t.passes()))
          .map(low -> String.format(Locale.ROOT, "%.2f/s failed, a higher rate passed", low.rate()))
          .toList();
    }

    /** Not valid where the load generator is all that failed at the rate above. */
    ExitCode exitCode() {
      if (tried.stream().anyMatch(one -> one.rate() == failed && one.counted() == 0)) {
        return ExitCode.NOT_VALID;
      }
      return highest > 0 ? ExitCode.FINE : ExitCode.OBJECTIVE_MISSED;
    }
  }

  private final Probe probe;
  private final List<Tried> tried = new ArrayList<>();
  private boolean ended;

  RateSearch(Probe probe) {
    this.probe = probe;
  }

  /** Begins at a rate; bisects so many times. */
  Found from(double first, int steps) throws IOException, InterruptedException {
    double good = 0;
    double bad = first;
    for (int i = 0; i < MOST_DOUBLINGS && passes(bad); i++) {
      good = bad;
      bad *= 2;
    }
    for (int i = 0; i < steps && !ended; i++) {
      double middle = (good + bad) / 2;
      boolean passed = passes(middle);
      good = passed ? middle : good;
      bad = passed || ended ? bad : middle;
    }
    return new Found(good, bad, tried);
  }

  private boolean passes(double rate) throws IOException, InterruptedException {
    Optional<Tried> one = probe.at(rate);
    one.ifPresent(tried::add);
    ended |= one.isEmpty();
    return one.isPresent() && one.get().passes();
  }
}
