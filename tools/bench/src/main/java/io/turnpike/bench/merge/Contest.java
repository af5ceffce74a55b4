package io.turnpike.bench.merge;

import io.turnpike.bench.figures.Confidence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is best at one workload and rate. Modes had the same arrivals in each run, so they are
 * compared run by run: a difference is sure if the 95 % interval of its mean leaves out zero.
 * Without the runs' own values it is sure if the intervals of both means do not meet. With one run
 * nothing is sure.
 *
 * @param metric by which
 * @param best modes within 5 % of the best mean, the best one first
 * @param next the best of the others, or null
 * @param sure whether all others are surely worse
 */
public record Contest(Metric metric, List<Point> best, @Nullable Point next, boolean sure) {

  /** A smaller difference is called even, however sure it is. */
  static final double EVEN = 0.05;

  /** How two modes compare. */
  public enum Outcome {
    BETTER,
    WORSE,
    EVEN,
    UNSURE
  }

  public Contest {
    best = List.copyOf(best);
  }

  /** The contest between points of one workload and rate; null if none has the figure. */
  public static @Nullable Contest of(List<Point> points, Metric metric) {
    List<Point> ranked =
        points.stream()
            .filter(p -> p.stat(metric).isKnown())
            .sorted(Comparator.comparingDouble(p -> metric.rank(p.mean(metric))))
            .toList();
    if (ranked.isEmpty()) {
      return null;
    }
    Point first = ranked.getFirst();
    List<Point> best = new ArrayList<>();
    Point next = null;
    boolean sure = true;
    for (Point point : ranked) {
      Outcome outcome =
          point.mode().equals(first.mode()) ? Outcome.EVEN : outcome(first, point, metric);
      if (outcome == Outcome.EVEN) {
        best.add(point);
      } else {
        next = next == null ? point : next;
        sure &= outcome == Outcome.BETTER;
      }
    }
    return new Contest(metric, best, next, sure);
  }

  /** How the first compares with the second. */
  public static Outcome outcome(Point one, Point two, Metric metric) {
    double a = one.mean(metric);
    double b = two.mean(metric);
    if (Math.abs(a - b) <= EVEN * Math.max(Math.abs(a), Math.abs(b))) {
      return Outcome.EVEN;
    }
    if (!isSure(one.stat(metric), two.stat(metric))) {
      return Outcome.UNSURE;
    }
    return metric.rank(a) < metric.rank(b) ? Outcome.BETTER : Outcome.WORSE;
  }

  private static boolean isSure(Stat one, Stat two) {
    List<Double> a = one.byRun();
    List<Double> b = two.byRun();
    if (a.size() >= 2 && a.size() == b.size()) {
      double[] differences = new double[a.size()];
      for (int i = 0; i < differences.length; i++) {
        differences[i] = a.get(i) - b.get(i);
      }
      Confidence of = Confidence.of(differences);
      return Math.abs(of.mean()) > of.half();
    }
    double reach = one.half() + two.half();
    return !Double.isNaN(reach) && Math.abs(one.mean() - two.mean()) > reach;
  }

  /** By how many percent the best mean is smaller, or larger, than the next; 0 without one. */
  public double aheadPercent() {
    return next == null ? 0 : percent(best.getFirst(), next, metric);
  }

  /** By how many percent the first mean differs from the second. */
  static double percent(Point one, Point two, Metric metric) {
    return two.mean(metric) == 0 ? 0 : 100 * (one.mean(metric) / two.mean(metric) - 1);
  }
}
