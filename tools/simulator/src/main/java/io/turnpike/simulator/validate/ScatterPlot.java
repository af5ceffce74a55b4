package io.turnpike.simulator.validate;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/** Measured against simulated on logarithmic axes, as SVG: on the diagonal is right. */
final class ScatterPlot {

  private static final int SIZE = 520;
  private static final int MARGIN = 60;
  private static final int INNER = SIZE - 2 * MARGIN;

  private final StringBuilder svg = new StringBuilder();
  private final double low;
  private final double high;

  /** An empty plot whose axes go from the power of ten below the least value to that above. */
  ScatterPlot(String title, double least, double most) {
    low = Math.floor(StrictMath.log10(least));
    high = Math.ceil(StrictMath.log10(most));
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\">",
        SIZE, SIZE);
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", SIZE, SIZE);
    add(
        "<text x=\"%d\" y=\"24\" text-anchor=\"middle\" font-size=\"15\">%s</text>",
        SIZE / 2, title);
    add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">measured, ms</text>", SIZE / 2, SIZE - 14);
    add(
        "<text x=\"16\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 16 %d)\">simulated,"
            + " ms</text>",
        SIZE / 2, SIZE / 2);
    for (double power = low; power <= high; power++) {
      grid(power);
    }
    line(low, low, high, high, "#888");
  }

  private void grid(double power) {
    line(power, low, power, high, "#e4e4e4");
    line(low, power, high, power, "#e4e4e4");
    String label = String.format(Locale.ROOT, "%.0f", Math.pow(10, power));
    add(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        x(power), SIZE - MARGIN + 16, label);
    add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", MARGIN - 6, y(power) + 4, label);
  }

  /** A point. */
  void point(double measured, double simulated, String colour, String name) {
    add(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\""
            + " fill-opacity=\"0.7\"><title>%s</title></circle>",
        x(StrictMath.log10(measured)), y(StrictMath.log10(simulated)), colour, name);
  }

  /** A line of the legend. */
  void legend(int row, String colour, String text) {
    add(
        "<circle cx=\"%d\" cy=\"%d\" r=\"4\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>",
        MARGIN + 14, MARGIN + 16 + 18 * row, colour, MARGIN + 24, MARGIN + 20 + 18 * row, text);
  }

  /** The finished picture. */
  String svg() {
    return svg + "</svg>\n";
  }

  private void line(double fromX, double fromY, double toX, double toY, String colour) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x(fromX), y(fromY), x(toX), y(toY), colour);
  }

  private double x(double power) {
    return MARGIN + INNER * (power - low) / (high - low);
  }

  private double y(double power) {
    return SIZE - MARGIN - INNER * (power - low) / (high - low);
  }

  @FormatMethod
  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
