package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Crossover;
import io.turnpike.bench.merge.Merge;
import io.turnpike.bench.merge.Metric;
import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Verdict;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tools.jackson.databind.JsonNode;

/** The PNGs of the original plot tool by its names, a chart for each workload in each. */
public final class Pngs {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 420;

  /** Logarithmic axes have no zero. */
  private static final double SMALLEST = 0.01;

  private enum Scale {
    LOG,
    LINEAR
  }

  private final List<Point> points;
  private final List<String> workloads;
  private final String how;

  /** Pictures of a result file, ours or the original tools'. */
  public Pngs(JsonNode study) {
    points = Merge.points(study);
    workloads = Verdict.workloads(points);
    how = RunFacts.how(study);
  }

  /** Writes all of them; the files. */
  public List<Path> write(Path folder) throws IOException {
    Files.createDirectories(folder);
    String turn = points.stream().anyMatch(point -> point.turns() > 1) ? "turn 2" : "turn 1";
    List<Path> files = new ArrayList<>();
    files.add(
        save(
            folder.resolve("qps_p99_ttft.png"),
            w -> chart(title(w, turn), "P99 TTFT (ms)", Scale.LOG, of(w), stat(Metric.P99_TTFT))));
    files.add(
        save(
            folder.resolve("qps_avg_e2e.png"),
            w -> chart(title(w, turn), "mean E2E (ms)", Scale.LOG, of(w), stat(Metric.E2E))));
    files.add(save(folder.resolve("qps_ratio_crossover.png"), w -> ratios(title(w, turn), of(w))));
    files.add(
        save(
            folder.resolve("qps_success_rate.png"),
            w ->
                chart(
                    title(w, "all turns"),
                    "success rate (%)",
                    Scale.LINEAR,
                    of(w),
                    Point::successRate)));
    files.add(
        save(
            folder.resolve("qps_throughput.png"),
            w ->
                chart(
                    title(w, turn), "output tokens/s", Scale.LOG, of(w), stat(Metric.THROUGHPUT))));
    files.add(
        save(folder.resolve("qps_throughput_comparison.png"), w -> bars(title(w, turn), of(w))));
    return files;
  }

  /** What a picture shows must be on it: pictures are passed on without their page. */
  private String title(String workload, String turn) {
    return "%s, %s, %s".formatted(workload, turn, how);
  }

  private List<Point> of(String workload) {
    return points.stream().filter(p -> p.workload().equals(workload)).toList();
  }

  private static ToDoubleFunction<Point> stat(Metric metric) {
    return point -> point.mean(metric);
  }

  /** What was completed of what was offered, percent: the part that tells modes apart. */
  private static double completed(Point point) {
    JsonNode json = point.json();
    double perSecond = json.path("completed_qps").asDouble(json.path("real_qps").asDouble(0));
    return point.qps() == 0 ? 0 : 100 * perSecond / point.qps();
  }

  private <C extends Chart<?, ?>> Path save(Path file, Function<String, C> chart)
      throws IOException {
    List<C> charts = workloads.stream().map(chart).toList();
    int columns = Math.min(2, charts.size());
    int rows = (charts.size() + columns - 1) / columns;
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(charts, rows, columns, out, BitmapFormat.PNG);
    }
    return file;
  }

  private static XYChart chart(
      String title, String axis, Scale scale, List<Point> of, ToDoubleFunction<Point> value) {
    XYChart chart = empty(title, axis);
    chart.getStyler().setYAxisLogarithmic(scale == Scale.LOG);
    if (scale == Scale.LINEAR) {
      chart.getStyler().setYAxisMin(0.0).setYAxisMax(105.0);
    }
    for (String mode : HtmlReport.modes(of)) {
      List<Point> line =
          line(of, mode).stream().filter(p -> !Double.isNaN(value.applyAsDouble(p))).toList();
      if (!line.isEmpty()) {
        add(
            chart,
            mode,
            line.stream().map(Point::qps).toList(),
            line.stream().map(p -> Math.max(SMALLEST, value.applyAsDouble(p))).toList());
      }
    }
    return chart;
  }

  /** Rates beside each other, and in each the modes. */
  private static CategoryChart bars(String title, List<Point> of) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("QPS (turns a second)")
            .yAxisTitle("completed turns/s, % of QPS")
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisMin(0.0);
    List<Double> rates = Crossover.rates(of);
    List<String> names = rates.stream().map(Verdict::number).toList();
    for (String mode : HtmlReport.modes(of)) {
      List<Double> values = new ArrayList<>();
      for (double rate : rates) {
        Point point = Crossover.at(of, mode, rate);
        values.add(point == null ? 0 : completed(point));
      }
      chart.addSeries(mode, names, values).setFillColor(Palette.paint(mode));
    }
    return chart;
  }

  /** Below 1, ppd has the smaller P99 TTFT. */
  private static XYChart ratios(String title, List<Point> of) {
    XYChart chart = empty(title, "P99 TTFT of ppd ÷ the other's");
    List<Point> ppd = line(of, "ppd");
    List<Double> all = new ArrayList<>();
    for (String other : HtmlReport.modes(of)) {
      List<Double> rates = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      for (Point p : ppd) {
        Point against = Crossover.at(line(of, other), other, p.qps());
        if (against != null && against.mean(Metric.P99_TTFT) > 0 && !other.equals("ppd")) {
          rates.add(p.qps());
          ratios.add(Math.max(SMALLEST, p.mean(Metric.P99_TTFT) / against.mean(Metric.P99_TTFT)));
        }
      }
      if (!rates.isEmpty()) {
        add(chart, other, rates, ratios.stream().map(RatioAxis::at).toList());
        all.addAll(ratios);
      }
    }
    even(chart, ppd.stream().map(Point::qps).toList());
    RatioAxis.of(all).applyTo(chart.getStyler());
    return chart;
  }

  private static void even(XYChart chart, List<Double> rates) {
    if (!rates.isEmpty()) {
      XYSeries even =
          chart.addSeries("even", rates, rates.stream().map(r -> RatioAxis.at(1)).toList());
      even.setMarker(SeriesMarkers.NONE).setLineColor(Color.GRAY);
      even.setLineStyle(
          new BasicStroke(
              1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {5, 4}, 0));
    }
  }

  private static XYChart empty(String title, String axis) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("QPS (turns a second)")
            .yAxisTitle(axis)
            .build();
    style(chart.getStyler());
    chart.getStyler().setXAxisLogarithmic(true).setMarkerSize(8);
    chart.getStyler().setXAxisDecimalPattern("0.###").setYAxisDecimalPattern("#,##0.###");
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    styler.setPlotGridLinesColor(new Color(0xE4E4EA));
    styler.setAxisTickLabelsFont(font).setAxisTitleFont(font);
    styler.setPlotBorderColor(Color.LIGHT_GRAY);
    styler
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendBorderColor(Color.WHITE);
    styler.setChartBackgroundColor(Color.WHITE).setLegendFont(font);
  }

  private static void add(XYChart chart, String mode, List<Double> x, List<Double> y) {
    XYSeries series = chart.addSeries(mode, x, y);
    series.setMarkerColor(Palette.paint(mode)).setLineColor(Palette.paint(mode));
    series.setMarker(marker(mode)).setLineWidth(2);
  }

  private static Marker marker(String mode) {
    return switch (io.turnpike.bench.plot.Marker.of(mode)) {
      case CIRCLE -> SeriesMarkers.CIRCLE;
      case SQUARE -> SeriesMarkers.SQUARE;
      case TRIANGLE -> SeriesMarkers.TRIANGLE_UP;
      case DIAMOND -> SeriesMarkers.DIAMOND;
    };
  }

  private static List<Point> line(List<Point> of, String mode) {
    return of.stream()
        .filter(p -> p.mode().equals(mode))
        .sorted(Comparator.comparingDouble(Point::qps))
        .toList();
  }
}
