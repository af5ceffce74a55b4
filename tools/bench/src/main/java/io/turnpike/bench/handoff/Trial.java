package io.turnpike.bench.handoff;

import io.turnpike.bench.client.Measurement;

/**
 * One prompt sent one way.
 *
 * @param asked prompt tokens that were meant
 * @param repeat counted from 1; the two ways of a repeat are a pair
 * @param measured what became of it
 * @param legs its parts, if the gateway says
 */
public record Trial(Way way, int asked, int repeat, Measurement measured, LegTimes legs) {

  /** Why it does not count; empty if it does. */
  public String problem() {
    if (measured.failure() != null) {
      return measured.failure().reason();
    }
    boolean other = !measured.route().isEmpty() && !measured.route().equals(way.route());
    return other ? "went_" + measured.route() : "";
  }

  /** Whether it counts. */
  public boolean counts() {
    return problem().isEmpty();
  }
}
