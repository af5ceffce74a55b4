package io.turnpike.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the load generator says about itself. A result is not valid when it was itself the limit.
 *
 * @param lagP99Millis how late it sent requests
 * @param lagMaxMillis the worst of it
 * @param cpuShare of one core that its event loop used
 * @param mostLagMillis that is allowed at the 99th percentile
 */
public record SelfCheck(
    double lagP99Millis, double lagMaxMillis, double cpuShare, double mostLagMillis) {

  /** Later than this at the 99th percentile, the load was not the one asked for. */
  public static final double MOST_LAG_MILLIS = 20;

  /**
   * Of a request's mean time, in a closed loop: nothing is due at a time there, and a place that
   * stands empty for so long makes the load smaller by no more than that.
   */
  private static final double MOST_SHARE = 0.05;

  /** A busier event loop adds queueing of its own. */
  public static final double MOST_CPU = 0.9;

  /** Of a run whose requests were due at their times. */
  public static SelfCheck open(Tally tally, double cpuShare) {
    return of(tally, cpuShare, MOST_LAG_MILLIS);
  }

  /** Of a run in which each request follows the one before. */
  public static SelfCheck closed(Tally tally, double cpuShare) {
    return of(tally, cpuShare, Math.max(MOST_LAG_MILLIS, MOST_SHARE * tally.e2e().mean()));
  }

  private static SelfCheck of(Tally tally, double cpuShare, double mostLagMillis) {
    return new SelfCheck(tally.lag().percentile(99), tally.lag().max(), cpuShare, mostLagMillis);
  }

  /** Why the result is not valid; empty when it is. */
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    if (lagP99Millis > mostLagMillis) {
      complaints.add(
          String.format(
              Locale.ROOT,
              "the load generator was %.1f ms late at P99 (allowed: %.0f)",
              lagP99Millis,
              mostLagMillis));
    }
    if (cpuShare > MOST_CPU) {
      complaints.add(
          String.format(
              Locale.ROOT,
              "the load generator used %.0f %% of its core (allowed: %.0f)",
              cpuShare * 100,
              MOST_CPU * 100));
    }
    return complaints;
  }

  /** Whether the server, not the load generator, was measured. */
  public boolean isValid() {
    return complaints().isEmpty();
  }
}
