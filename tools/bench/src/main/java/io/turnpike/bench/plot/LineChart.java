package io.turnpike.bench.plot;

import java.util.List;
import java.util.Locale;

/**
 * A line chart as inline SVG. Each mode has a colour and a marker of its own; where the server fell
 * behind the marker is hollow. Colours come from the page's style.
 *
 * @param title above it; the unit is in the ticks' labels
 * @param below the name of the axis below
 */
record LineChart(String title, String below, Axis x, Axis y, List<Line> lines) {

  private static final int WIDTH = 320;
  private static final int HEIGHT = 214;
  private static final int LEFT = 50;
  private static final int RIGHT = 10;
  private static final int TOP = 26;
  private static final int BOTTOM = 36;

  /**
   * A line.
   *
   * @param name for the tip
   * @param mode whose colour it has; empty for a thin dashed reference
   */
  record Line(String name, String mode, List<Spot> spots) {}

  /**
   * A measured value.
   *
   * @param half of its 95 % interval, NaN if unknown
   * @param hollow whether it is of a server that fell behind
   */
  record Spot(double x, double y, double half, boolean hollow) {}

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox='0 0 %s %s' role='img' aria-label='%s'>"
            .formatted(WIDTH, HEIGHT, Html.escape(title)));
    svg.append("<text class='t' x='2' y='14'>%s</text>".formatted(Html.escape(title)));
    axes(svg);
    lines.forEach(line -> draw(svg, line));
    return svg.append("</svg>\n").toString();
  }

  private void axes(StringBuilder svg) {
    for (double tick : y.ticks()) {
      double at = down(tick);
      svg.append("<path class='g' d='M%s %sH%s'/>".formatted(LEFT, px(at), WIDTH - RIGHT));
      text(svg, "r", LEFT - 5, at + 3.5, y.label().apply(tick));
    }
    for (double tick : x.ticks()) {
      double at = across(tick);
      svg.append("<path class='g' d='M%s %sv4'/>".formatted(px(at), HEIGHT - BOTTOM));
      text(svg, "m", at, HEIGHT - BOTTOM + 15, x.label().apply(tick));
    }
    text(svg, "m", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, below);
  }

  private static void text(StringBuilder svg, String css, double x, double y, String text) {
    svg.append(
        "<text class='%s' x='%s' y='%s'>%s</text>".formatted(css, px(x), px(y), Html.escape(text)));
  }

  private void draw(StringBuilder svg, Line line) {
    StringBuilder path = new StringBuilder();
    for (Spot spot : line.spots()) {
      path.append(path.isEmpty() ? "M" : "L").append(px(across(spot.x())));
      path.append(' ').append(px(down(spot.y())));
    }
    if (line.mode().isEmpty()) {
      svg.append("<path class='ref' d='%s'/>".formatted(path));
      return;
    }
    svg.append("<g class='%s'><path class='l' d='%s'/>".formatted(Palette.css(line.mode()), path));
    for (Spot spot : line.spots()) {
      interval(svg, spot);
      svg.append(
          "<path%s d='%s'><title>%s</title></path>"
              .formatted(
                  spot.hollow() ? " class='h'" : "",
                  Marker.of(line.mode()).path(across(spot.x()), down(spot.y()), 3.6),
                  Html.escape(tip(line, spot))));
    }
    svg.append("</g>");
  }

  private String tip(Line line, Spot spot) {
    return "%s, %s %s: %s%s%s"
        .formatted(
            line.name(),
            below,
            Html.plain(spot.x()),
            y.label().apply(spot.y()),
            Double.isNaN(spot.half()) ? "" : " ± " + y.label().apply(spot.half()),
            spot.hollow() ? "; the server fell behind" : "");
  }

  private void interval(StringBuilder svg, Spot spot) {
    if (spot.half() > 0) {
      svg.append(
          "<path class='i' d='M%s %sV%s'/>"
              .formatted(
                  px(across(spot.x())),
                  px(down(spot.y() - spot.half())),
                  px(down(spot.y() + spot.half()))));
    }
  }

  private double across(double value) {
    return LEFT + x.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private double down(double value) {
    return HEIGHT - BOTTOM - y.at(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String px(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
