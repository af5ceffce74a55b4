package io.turnpike.bench.handoff;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much y grows with x: the median of the slopes between all two points (Theil 1950), with the
 * interval of Sen (1968), about 95 %. A few wild points do not move it.
 *
 * @param perUnit NaN when all points have the same x
 * @param low of the interval
 * @param high of the interval
 * @param fixed y at x = 0
 */
public record Slope(double perUnit, double low, double high, double fixed) {

  private static final double Z_95 = 1.96;

  /** A point. */
  public record Point(double x, double y) {}

  /** Through points. */
  public static Slope of(List<Point> points) {
    double[] slopes =
        points.stream()
            .flatMap(
                a ->
                    points.stream()
                        .filter(b -> b.x() > a.x())
                        .map(b -> (b.y() - a.y()) / (b.x() - a.x())))
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    if (slopes.length == 0) {
      return new Slope(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    double spread = Z_95 * Math.sqrt(variance(points));
    int low = (int) Math.floor((slopes.length - spread) / 2);
    int high = (int) Math.ceil((slopes.length + spread) / 2);
    double median = median(slopes);
    return new Slope(
        median,
        low < 0 ? Double.NEGATIVE_INFINITY : slopes[low],
        high >= slopes.length ? Double.POSITIVE_INFINITY : slopes[high],
        median(points.stream().mapToDouble(p -> p.y() - median * p.x()).sorted().toArray()));
  }

  /** Of Kendall's S; points of the same x say nothing. */
  private static double variance(List<Point> points) {
    Map<Double, Integer> ties = new TreeMap<>();
    points.forEach(point -> ties.merge(point.x(), 1, Integer::sum));
    double tied = ties.values().stream().mapToDouble(Slope::term).sum();
    return Math.max(0, term(points.size()) - tied) / 18;
  }

  private static double term(int n) {
    return n * (n - 1.0) * (2 * n + 5);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Whether it surely grows. */
  public boolean isMeasurable() {
    return low > 0 && Double.isFinite(high);
  }
}
