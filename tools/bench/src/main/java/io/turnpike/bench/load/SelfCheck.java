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
 * @param lostShare of a closed loop's time that was lost between requests; NaN for an open one
 */
public record SelfCheck(
    double lagP99Millis, double lagMaxMillis, double cpuShare, double lostShare) {

  /** Later than this at the 99th percentile, the load was not the one asked for. */
  public static final double MOST_LAG_MILLIS = 20;

  /**
   * In a closed loop nothing is due at a time: requests that begin late make the load smaller by
   * the time they are late, and no more.
   */
  public static final double MOST_LOST = 0.05;

  /** A busier event loop adds queueing of its own. */
  public static final double MOST_CPU = 0.9;

  /** Of a run whose requests were due at their times. */
  public static SelfCheck open(Tally tally, double cpuShare) {
    return new SelfCheck(tally.lag().percentile(99), tally.lag().max(), cpuShare, Double.NaN);
  }

  /** Of a run in which each request follows the one before. */
  public static SelfCheck closed(Tally tally, double cpuShare) {
    double lost = tally.lag().mean() / Math.max(1e-6, tally.e2e().mean());
    return new SelfCheck(tally.lag().percentile(99), tally.lag().max(), cpuShare, lost);
  }

  /** Why the result is not valid; empty when it is. */
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    if (lagP99Millis > MOST_LAG_MILLIS && !(lostShare <= MOST_LOST)) {
      String late =
          String.format(
              Locale.ROOT,
              "the load generator was %.1f ms late at P99 (allowed: %.0f)",
              lagP99Millis,
              MOST_LAG_MILLIS);
      complaints.add(late + lost());
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

  private String lost() {
    return Double.isNaN(lostShare)
        ? ""
        : String.format(
            Locale.ROOT,
            " and lost %.0f %% of the time (allowed: %.0f)",
            100 * lostShare,
            100 * MOST_LOST);
  }

  /** Whether the server, not the load generator, was measured. */
  public boolean isValid() {
    return complaints().isEmpty();
  }
}
