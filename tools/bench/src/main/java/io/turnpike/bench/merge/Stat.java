package io.turnpike.bench.merge;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A figure over runs.
 *
 * @param mean NaN if the file does not have it
 * @param half of its 95 % interval; NaN if unknown
 * @param byRun what each run had; empty if the file does not say
 */
public record Stat(double mean, double half, List<Double> byRun) {

  public Stat {
    byRun = List.copyOf(byRun);
  }

  /** Reads one by its key. */
  public static Stat of(JsonNode from, String key) {
    return new Stat(
        from.path(key).asDouble(Double.NaN),
        from.path("ci95").path(key).asDouble(Double.NaN),
        from.path("by_run").path(key).valueStream().map(JsonNode::asDouble).toList());
  }

  /** Whether there is such a figure. */
  public boolean isKnown() {
    return !Double.isNaN(mean);
  }
}
