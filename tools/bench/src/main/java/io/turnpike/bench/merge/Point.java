package io.turnpike.bench.merge;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * A result of a study file, ours or the original tools'.
 *
 * @param stats of turn 2 where there is one, since that is what modes differ in, else of all turns
 * @param successRate of all turns, percent
 * @param saturated whether the server fell behind in any run, in the turn that stats are of
 * @param json the result as it stands in the file
 */
public record Point(
    String workload,
    double qps,
    String mode,
    Map<Metric, Stat> stats,
    double successRate,
    boolean saturated,
    JsonNode json) {

  public Point {
    stats = Map.copyOf(stats);
  }

  /** Reads one. */
  public static Point of(JsonNode result) {
    JsonNode of = turn(result, 2).path("avg_ttft").isNumber() ? turn(result, 2) : result;
    Map<Metric, Stat> stats = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      stats.put(metric, Stat.of(of, metric.key()));
    }
    double samples = result.path("sample_count").asDouble(0);
    return new Point(
        result.path("workload").asString(""),
        result.path("target_qps").asDouble(0),
        result.path("mode").asString("").toLowerCase(Locale.ROOT),
        stats,
        samples == 0 ? 0 : 100 * result.path("success_count").asDouble(0) / samples,
        !of.path("saturation").asString("").isEmpty(),
        result);
  }

  private static JsonNode turn(JsonNode result, int turn) {
    return result.path("turn" + turn + "_metrics");
  }

  /** A turn's figures; a missing node if it has none. */
  public JsonNode turn(int turn) {
    return turn(json, turn);
  }

  /** How many turns it has figures of. */
  public int turns() {
    int turns = 0;
    while (turn(turns + 1).isObject()) {
      turns++;
    }
    return turns;
  }

  /** One figure. */
  public Stat stat(Metric metric) {
    return Objects.requireNonNull(stats.get(metric));
  }

  /** Its mean; NaN if the file does not have it. */
  public double mean(Metric metric) {
    return stat(metric).mean();
  }
}
