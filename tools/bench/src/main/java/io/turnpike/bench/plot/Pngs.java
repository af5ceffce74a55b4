package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Crossover;
import io.turnpike.bench.merge.Point;
import io.turnpike.bench.plot.Figure.Scale;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;

/** The PNGs of the original plot tool by its names, a chart for each workload in each. */
public final class Pngs {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 420;
  private static final double SMALLEST = 0.01;

  private final List<Point> points;
  private final List<String> workloads;

  /** Pictures of those points. */
  public Pngs(List<Point> points) {
    this.points = points;
    workloads = points.stream().map(Point::workload).distinct().toList();
  }

  /** Writes all of them; the files. */
  public List<Path> write(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    files.add(save(folder.resolve("qps_p99_ttft.png"), w -> chart(w, Figure.P99_TTFT)));
    files.add(save(folder.resolve("qps_avg_e2e.png"), w -> chart(w, Figure.E2E)));
    files.add(save(folder.resolve("qps_ratio_crossover.png"), this::ratios));
    files.add(save(folder.resolve("qps_success_rate.png"), w -> chart(w, Figure.SUCCESS)));
    files.add(save(folder.resolve("qps_throughput.png"), w -> chart(w, Figure.THROUGHPUT)));
    files.add(
        save(
            folder.resolve("qps_throughput_comparison.png"),
            w -> chart(w, new Figure("Goodput (requests/s)", Scale.LINEAR, Point::goodput))));
    return files;
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

  private XYChart chart(String workload, Figure figure) {
    XYChart chart = empty(workload, figure.title());
    chart.getStyler().setYAxisLogarithmic(figure.scale() == Scale.LOG);
    for (String mode : modes(workload)) {
      List<Point> line = line(workload, mode);
      add(
          chart,
          mode,
          line.stream().map(Point::qps).toList(),
          line.stream().map(p -> Math.max(SMALLEST, figure.value().applyAsDouble(p))).toList());
    }
    return chart;
  }

  /** Below 1, ppd has the smaller P99 TTFT. */
  private XYChart ratios(String workload) {
    XYChart chart = empty(workload, "P99 TTFT of ppd ÷ the other's");
    List<Point> ppd = line(workload, "ppd");
    for (String other : modes(workload)) {
      List<Double> rates = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      for (Point p : ppd) {
        Point against = Crossover.at(line(workload, other), other, p.qps());
        if (against != null && against.p99Ttft() > 0 && !other.equals("ppd")) {
          rates.add(p.qps());
          ratios.add(p.p99Ttft() / against.p99Ttft());
        }
      }
      if (!rates.isEmpty()) {
        add(chart, other, rates, ratios);
      }
    }
    if (!ppd.isEmpty()) {
      List<Double> rates = ppd.stream().map(Point::qps).toList();
      XYSeries even = chart.addSeries("even", rates, rates.stream().map(r -> 1.0).toList());
      even.setMarkerColor(Color.GRAY).setLineColor(Color.GRAY);
    }
    return chart;
  }

  private static XYChart empty(String workload, String title) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(workload)
            .xAxisTitle("QPS")
            .yAxisTitle(title)
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    return chart;
  }

  private static void add(XYChart chart, String mode, List<Double> x, List<Double> y) {
    XYSeries series = chart.addSeries(mode, x, y);
    series.setMarkerColor(Palette.paint(mode)).setLineColor(Palette.paint(mode));
  }

  private List<String> modes(String workload) {
    return points.stream()
        .filter(p -> p.workload().equals(workload))
        .map(Point::mode)
        .distinct()
        .toList();
  }

  private List<Point> line(String workload, String mode) {
    return points.stream()
        .filter(p -> p.workload().equals(workload) && p.mode().equals(mode))
        .sorted(java.util.Comparator.comparingDouble(Point::qps))
        .toList();
  }
}
