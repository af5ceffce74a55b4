package io.turnpike.bench.sweep;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The two PNGs of a sweep, under the original tool's names. */
final class SweepPngs {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 520;

  /**
   * A point of a sweep.
   *
   * @param model the model's name
   * @param concurrency requests under way
   * @param promptTokens of each prompt, as asked for
   * @param maxTokens of each answer
   * @param tokensPerSecond output tokens of all requests a second
   * @param ttftMillis median time to the first token
   */
  record Point(
      String model,
      int concurrency,
      int promptTokens,
      int maxTokens,
      double tokensPerSecond,
      double ttftMillis) {}

  private SweepPngs() {}

  /** Writes both; the files. */
  static List<Path> write(List<Point> points, Path folder, String engines) throws IOException {
    boolean models = points.stream().map(Point::model).distinct().count() > 1;
    Path throughput = folder.resolve("throughput_vs_concurrency.png");
    draw(
        throughput,
        chart("Output tokens/s against concurrency", engines, "concurrency", "output tokens/s"),
        points,
        p -> name(p, models, p.promptTokens() + " prompt tokens"),
        Point::concurrency,
        Point::tokensPerSecond);
    Path ttft = folder.resolve("ttft_vs_prompt_tokens.png");
    draw(
        ttft,
        chart("TTFT against prompt length", engines, "prompt tokens", "median TTFT (ms)"),
        points,
        p -> name(p, models, "concurrency " + p.concurrency()),
        Point::promptTokens,
        Point::ttftMillis);
    return List.of(throughput, ttft);
  }

  private static String name(Point point, boolean models, String what) {
    return (models ? point.model() + ", " : "") + what + ", " + point.maxTokens() + " out";
  }

  private static void draw(
      Path file,
      XYChart chart,
      List<Point> points,
      Function<Point, String> line,
      ToDoubleFunction<Point> x,
      ToDoubleFunction<Point> y)
      throws IOException {
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    points.stream()
        .sorted(Comparator.comparingDouble(x))
        .forEach(p -> lines.computeIfAbsent(line.apply(p), k -> new ArrayList<>()).add(p));
    lines.forEach(
        (name, of) ->
            chart.addSeries(
                name, of.stream().mapToDouble(x).toArray(), of.stream().mapToDouble(y).toArray()));
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(List.of(chart), 1, 1, out, BitmapFormat.PNG);
    }
  }

  private static XYChart chart(String title, String engines, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title + (engines.isEmpty() ? ", measured" : ", measured on " + engines))
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    chart.getStyler().setAxisTickLabelsFont(font).setAxisTitleFont(font).setLegendFont(font);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendBorderColor(Color.WHITE);
    return chart;
  }
}
