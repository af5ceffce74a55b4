package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Point;
import io.turnpike.bench.plot.Figure.Scale;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * A line chart as inline SVG: rates on a logarithmic axis, a line for each mode, 95 % intervals
 * where they are known. Colours come from the page's style.
 */
final class Svg {

  private static final int WIDTH = 420;
  private static final int HEIGHT = 260;
  private static final int LEFT = 58;
  private static final int RIGHT = 12;
  private static final int TOP = 26;
  private static final int BOTTOM = 40;
  private static final int TICKS = 4;

  private final List<Point> points;
  private final Figure figure;
  private final DoubleUnaryOperator x;
  private final DoubleUnaryOperator y;
  private final double low;
  private final double high;

  Svg(List<Point> points, Figure figure) {
    this.points = points.stream().sorted(Comparator.comparingDouble(Point::qps)).toList();
    this.figure = figure;
    double[] values = points.stream().mapToDouble(figure.value()).toArray();
    double most = java.util.Arrays.stream(values).max().orElse(1);
    double least = java.util.Arrays.stream(values).filter(v -> v > 0).min().orElse(1);
    boolean log = figure.scale() == Scale.LOG;
    high = most <= 0 ? 1 : most * (log ? 1.25 : 1.05);
    low = log ? least * 0.8 : 0;
    double from = Math.log(this.points.stream().mapToDouble(Point::qps).min().orElse(1));
    double to = Math.log(this.points.stream().mapToDouble(Point::qps).max().orElse(1));
    int across = WIDTH - LEFT - RIGHT;
    x = qps -> LEFT + (to == from ? 0.5 : (Math.log(qps) - from) / (to - from)) * across;
    int down = HEIGHT - TOP - BOTTOM;
    y =
        value -> {
          double v = Math.clamp(value, low, high);
          double share =
              log ? (Math.log(v) - Math.log(low)) / (Math.log(high) - Math.log(low)) : v / high;
          return HEIGHT - BOTTOM - share * down;
        };
  }

  String draw(String title) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>".formatted(WIDTH, HEIGHT, title));
    svg.append("<text class='t' x='%d' y='16'>%s</text>".formatted(LEFT, title));
    axes(svg);
    for (String mode : points.stream().map(Point::mode).distinct().toList()) {
      line(svg, mode, points.stream().filter(p -> p.mode().equals(mode)).toList());
    }
    return svg.append("</svg>\n").toString();
  }

  private void axes(StringBuilder svg) {
    for (int i = 0; i <= TICKS; i++) {
      double share = (double) i / TICKS;
      double value = figure.scale() == Scale.LOG ? low * Math.pow(high / low, share) : high * share;
      double at = y.applyAsDouble(value);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class='g' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>",
              LEFT,
              WIDTH - RIGHT,
              at,
              at));
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class='l' text-anchor='end' x='%d' y='%.1f'>%s</text>",
              LEFT - 6,
              at + 4,
              number(value)));
    }
    for (double qps : points.stream().map(Point::qps).distinct().toList()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class='l' text-anchor='middle' x='%.1f' y='%d'>%s</text>",
              x.applyAsDouble(qps),
              HEIGHT - BOTTOM + 16,
              number(qps)));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class='l' text-anchor='middle' x='%d' y='%d'>QPS</text>",
            (LEFT + WIDTH) / 2,
            HEIGHT - 6));
  }

  private void line(StringBuilder svg, String mode, List<Point> of) {
    StringBuilder path = new StringBuilder();
    for (Point p : of) {
      double at = y.applyAsDouble(figure.value().applyAsDouble(p));
      path.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              path.isEmpty() ? "M" : "L",
              x.applyAsDouble(p.qps()),
              at));
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class='m-%s' r='3' cx='%.1f' cy='%.1f'><title>%s at %s QPS:"
                  + " %s</title></circle>",
              mode,
              x.applyAsDouble(p.qps()),
              at,
              mode,
              number(p.qps()),
              number(figure.value().applyAsDouble(p))));
      if (figure.equals(Figure.TTFT) && p.halfTtft() > 0) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<line class='m-%s' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>",
                mode,
                x.applyAsDouble(p.qps()),
                x.applyAsDouble(p.qps()),
                y.applyAsDouble(p.ttft() - p.halfTtft()),
                y.applyAsDouble(p.ttft() + p.halfTtft())));
      }
    }
    svg.append(String.format(Locale.ROOT, "<path class='m-%s' fill='none' d='%s'/>", mode, path));
  }

  private static String number(double value) {
    if (value >= 10_000) {
      return String.format(Locale.ROOT, "%.0fk", value / 1000);
    }
    return value >= 100 || value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : value >= 10
            ? String.format(Locale.ROOT, "%.1f", value)
            : String.format(Locale.ROOT, "%.2f", value);
  }
}
