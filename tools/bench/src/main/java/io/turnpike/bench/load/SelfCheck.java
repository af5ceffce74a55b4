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
 */
public record SelfCheck(double lagP99Millis, double lagMaxMillis, double cpuShare) {

  /** Later than this at the 99th percentile, the load was not the one asked for. */
  public static final double MOST_LAG_MILLIS = 20;

  /** A busier event loop adds queueing of its own. */
  public static final double MOST_CPU = 0.9;

  /** Why the result is not valid; empty when it is. */
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    if (lagP99Millis > MOST_LAG_MILLIS) {
      complaints.add(
          String.format(
              Locale.ROOT,
              "the load generator was %.1f ms late at P99 (allowed: %.0f)",
              lagP99Millis,
              MOST_LAG_MILLIS));
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
