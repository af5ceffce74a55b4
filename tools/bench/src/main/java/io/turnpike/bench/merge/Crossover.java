package io.turnpike.bench.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which mode has the smallest P99 TTFT at which rate, in the shape of {@code
 * qps_crossover_analysis.json}.
 */
public final class Crossover {

  private Crossover() {}

  /** The analysis by workload. */
  public static Map<String, Object> of(List<Point> points) {
    Set<String> workloads = new LinkedHashSet<>();
    points.forEach(point -> workloads.add(point.workload()));
    Map<String, Object> all = new LinkedHashMap<>();
    workloads.forEach(
        w -> all.put(w, workload(points.stream().filter(p -> p.workload().equals(w)).toList())));
    return all;
  }

  /** The point of a mode at a rate, or null. */
  public static @Nullable Point at(List<Point> points, String mode, double qps) {
    return points.stream()
        .filter(p -> p.mode().equals(mode) && p.qps() == qps)
        .findFirst()
        .orElse(null);
  }

  /** Rates in order. */
  public static List<Double> rates(List<Point> points) {
    return points.stream().map(Point::qps).distinct().sorted().toList();
  }

  private static Map<String, Object> workload(List<Point> points) {
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, String> winners = new LinkedHashMap<>();
    for (double qps : rates(points)) {
      points.stream()
          .filter(p -> p.qps() == qps)
          .min(Comparator.comparingDouble(p -> p.mean(Metric.P99_TTFT)))
          .ifPresent(p -> winners.put(Double.toString(qps), p.mode()));
    }
    json.put("winners_by_qps", winners);
    against(json, points, "replication", "repl");
    against(json, points, "pd", "pd");
    return json;
  }

  private static void against(
      Map<String, Object> json, List<Point> points, String mode, String word) {
    List<Double> wins = new ArrayList<>();
    double best = 0;
    Double bestQps = null;
    for (double qps : rates(points)) {
      Point ppd = at(points, "ppd", qps);
      Point other = at(points, mode, qps);
      if (ppd != null && other != null && other.mean(Metric.P99_TTFT) > 0) {
        double advantage =
            100
                * (other.mean(Metric.P99_TTFT) - ppd.mean(Metric.P99_TTFT))
                / other.mean(Metric.P99_TTFT);
        if (advantage > 0) {
          wins.add(qps);
        }
        if (advantage > best) {
          best = advantage;
          bestQps = qps;
        }
      }
    }
    json.put("ppd_beats_" + word + "_qps", wins);
    json.put("max_ppd_vs_" + word + "_advantage_pct", best);
    json.put("max_ppd_vs_" + word + "_advantage_qps", bestQps);
  }
}
