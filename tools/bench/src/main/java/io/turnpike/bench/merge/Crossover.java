package io.turnpike.bench.merge;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which mode is first at which rate, in the shape of {@code qps_crossover_analysis.json}. The
 * original's keys are by P99 TTFT. Modes within 5 % of the best are {@code even} and none of them
 * wins; what is sure over the runs has keys of its own.
 */
public final class Crossover {

  /** No mode is first. */
  static final String EVEN = "even";

  private Crossover() {}

  /**
   * A workload's analysis.
   *
   * @param winnersByQps by P99 TTFT; {@code even} where nobody is first
   * @param winnersByQpsMeanTtft by mean TTFT of turn 2, as the verdict in words
   * @param sureByQps whether the winner by P99 TTFT is sure
   * @param ppdBeatsReplQps rates at which ppd is ahead by more than 5 %
   * @param verdict in words, by mean TTFT
   */
  public record Analysis(
      Map<String, String> winnersByQps,
      Map<String, String> winnersByQpsMeanTtft,
      Map<String, Boolean> sureByQps,
      List<Double> ppdBeatsReplQps,
      double maxPpdVsReplAdvantagePct,
      @Nullable Double maxPpdVsReplAdvantageQps,
      List<Double> ppdBeatsPdQps,
      double maxPpdVsPdAdvantagePct,
      @Nullable Double maxPpdVsPdAdvantageQps,
      @JsonProperty("even_within_pct") double evenWithinPct,
      List<String> verdict) {}

  /** The analysis by workload. */
  public static Map<String, Analysis> of(List<Point> points) {
    Map<String, Analysis> all = new LinkedHashMap<>();
    for (String workload : Verdict.workloads(points)) {
      List<Point> of = points.stream().filter(p -> p.workload().equals(workload)).toList();
      all.put(workload, workload(workload, of));
    }
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

  private static Analysis workload(String name, List<Point> points) {
    Map<String, String> winners = new LinkedHashMap<>();
    Map<String, String> byMean = new LinkedHashMap<>();
    Map<String, Boolean> sure = new LinkedHashMap<>();
    for (double qps : rates(points)) {
      List<Point> at = points.stream().filter(p -> p.qps() == qps).toList();
      String rate = Double.toString(qps);
      Contest tail = Contest.of(at, Metric.P99_TTFT);
      Contest mean = Contest.of(at, Metric.TTFT);
      if (tail != null) {
        winners.put(rate, winner(tail));
        sure.put(rate, tail.best().size() == 1 && tail.next() != null && tail.sure());
      }
      if (mean != null) {
        byMean.put(rate, winner(mean));
      }
    }
    Lead repl = Lead.over(points, "replication");
    Lead pd = Lead.over(points, "pd");
    List<String> verdict = new ArrayList<>(List.of(Verdict.first(name, points)));
    verdict.addAll(Verdict.pairs(name, points));
    return new Analysis(
        winners,
        byMean,
        sure,
        repl.wins(),
        repl.mostPercent(),
        repl.atQps(),
        pd.wins(),
        pd.mostPercent(),
        pd.atQps(),
        100 * Contest.EVEN,
        verdict);
  }

  private static String winner(Contest contest) {
    return contest.best().size() == 1 ? contest.best().getFirst().mode() : EVEN;
  }

  /** Where ppd is ahead of another mode by P99 TTFT, and by how much at most. */
  private record Lead(List<Double> wins, double mostPercent, @Nullable Double atQps) {

    static Lead over(List<Point> points, String mode) {
      List<Double> wins = new ArrayList<>();
      double most = 0;
      Double at = null;
      for (double qps : rates(points)) {
        Point ppd = at(points, "ppd", qps);
        Point other = at(points, mode, qps);
        double ahead = ppd == null || other == null ? 0 : percent(ppd, other);
        if (ahead > 100 * Contest.EVEN) {
          wins.add(qps);
          at = ahead > most ? Double.valueOf(qps) : at;
          most = Math.max(most, ahead);
        }
      }
      return new Lead(wins, most, at);
    }

    private static double percent(Point ppd, Point other) {
      double theirs = other.mean(Metric.P99_TTFT);
      return theirs > 0 ? 100 * (theirs - ppd.mean(Metric.P99_TTFT)) / theirs : 0;
    }
  }
}
