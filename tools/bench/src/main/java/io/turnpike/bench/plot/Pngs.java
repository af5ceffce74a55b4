package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Crossover;
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
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

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

  /** Pictures of those points. */
  public Pngs(List<Point> points) {
    this.points = points;
    workloads = Verdict.workloads(points);
  }

  /** Writes all of them; the files. */
  public List<Path> write(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    files.add(
        save(
            folder.resolve("qps_p99_ttft.png"),
            w -> chart(w, "P99 TTFT (ms)", Scale.LOG, p -> p.mean(Metric.P99_TTFT))));
    files.add(
        save(
            folder.resolve("qps_avg_e2e.png"),
            w -> chart(w, "mean E2E (ms)", Scale.LOG, p -> p.mean(Metric.E2E))));
    files.add(save(folder.resolve("qps_ratio_crossover.png"), this::ratios));
    files.add(
        save(
            folder.resolve("qps_success_rate.png"),
            w -> chart(w, "success rate (%)", Scale.LINEAR, Point::successRate)));
    files.add(
        save(
            folder.resolve("qps_throughput.png"),
            w -> chart(w, "output tokens/s", Scale.LOG, p -> p.mean(Metric.THROUGHPUT))));
    files.add(
        save(
            folder.resolve("qps_throughput_comparison.png"),
            w -> chart(w, "completed turns/s", Scale.LOG, Pngs::completed)));
    return files;
  }

  private static double completed(Point point) {
    return point.json().path("real_qps").asDouble(0);
  }

  private Path save(Path file, Function<String, XYChart> chart) throws IOException {
    List<XYChart> charts = workloads.stream().map(chart).toList();
    int columns = Math.min(2, charts.size());
    int rows = (charts.size() + columns - 1) / columns;
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(charts, rows, columns, out, BitmapFormat.PNG);
    }
    return file;
  }

  private XYChart chart(String workload, String title, Scale scale, ToDoubleFunction<Point> value) {
    XYChart chart = empty(workload, title);
    chart.getStyler().setYAxisLogarithmic(scale == Scale.LOG);
    if (scale == Scale.LINEAR) {
      chart.getStyler().setYAxisMin(0.0).setYAxisMax(105.0);
    }
    for (String mode : modes(workload)) {
      List<Point> line =
          line(workload, mode).stream().filter(p -> !Double.isNaN(value.applyAsDouble(p))).toList();
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

  /** Below 1, ppd has the smaller P99 TTFT. */
  private XYChart ratios(String workload) {
    XYChart chart = empty(workload, "P99 TTFT of ppd ÷ the other's");
    chart.getStyler().setYAxisLogarithmic(true);
    List<Point> ppd = line(workload, "ppd");
    for (String other : modes(workload)) {
      List<Double> rates = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      for (Point p : ppd) {
        Point against = Crossover.at(line(workload, other), other, p.qps());
        if (against != null && against.mean(Metric.P99_TTFT) > 0 && !other.equals("ppd")) {
          rates.add(p.qps());
          ratios.add(Math.max(SMALLEST, p.mean(Metric.P99_TTFT) / against.mean(Metric.P99_TTFT)));
        }
      }
      if (!rates.isEmpty()) {
        add(chart, other, rates, ratios);
      }
    }
    if (!ppd.isEmpty()) {
      List<Double> rates = ppd.stream().map(Point::qps).toList();
      XYSeries even = chart.addSeries("even", rates, rates.stream().map(r -> 1.0).toList());
      even.setMarker(SeriesMarkers.NONE).setLineColor(Color.GRAY);
      even.setLineStyle(
          new BasicStroke(
              1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {5, 4}, 0));
    }
    return chart;
  }

  private static XYChart empty(String workload, String title) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(workload)
            .xAxisTitle("QPS (turns a second)")
            .yAxisTitle(title)
            .build();
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    XYStyler styler = chart.getStyler();
    styler.setXAxisLogarithmic(true).setPlotGridLinesColor(new Color(0xE4E4EA));
    styler.setAxisTickLabelsFont(font).setAxisTitleFont(font);
    styler.setPlotBorderColor(Color.LIGHT_GRAY).setMarkerSize(8);
    styler
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendBorderColor(Color.WHITE);
    styler.setXAxisDecimalPattern("0.###").setYAxisDecimalPattern("#,##0.###");
    styler.setChartBackgroundColor(Color.WHITE).setLegendFont(font);
    return chart;
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

  private List<String> modes(String workload) {
    return HtmlReport.modes(points.stream().filter(p -> p.workload().equals(workload)).toList());
  }

  private List<Point> line(String workload, String mode) {
    return points.stream()
        .filter(p -> p.workload().equals(workload) && p.mode().equals(mode))
        .sorted(Comparator.comparingDouble(Point::qps))
        .toList();
  }
}
