package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Metric;
import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Stat;
import io.turnpike.bench.merge.Verdict;
import io.turnpike.bench.plot.LineChart.Line;
import io.turnpike.bench.plot.LineChart.Spot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** The report's charts, one for each workload and figure; a figure that is nowhere is left out. */
final class Charts {

  private static final int FEW_TURNS = 2;
  private static final double LOWEST_PERCENT = 25;

  private final List<Point> points;
  private final List<String> workloads;

  Charts(List<Point> points) {
    this.points = points.stream().sorted(Comparator.comparingDouble(Point::qps)).toList();
    workloads = Verdict.workloads(points);
  }

  /** By title, what everybody should see. */
  Map<String, List<String>> main() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    put(all, "Time to first token, mean", of(Metric.TTFT), Html::millis, true);
    put(all, "Time per output token, mean", of(Metric.TPOT), Html::millis, true);
    put(all, "End to end, mean", of(Metric.E2E), Html::millis, true);
    put(all, "Goodput; dashed: what was offered", of(Metric.GOODPUT), Charts::perSecond, true);
    return all;
  }

  /** By title, the rest. */
  Map<String, List<String>> more() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    put(all, "Time to first token, P99", of(Metric.P99_TTFT), Html::millis, true);
    put(
        all,
        "Time to first token from when a turn was sent, mean",
        p -> Stat.of(p.turn(FEW_TURNS), "avg_ttft_from_send"),
        Html::millis,
        true);
    put(all, "Output tokens a second", of(Metric.THROUGHPUT), Html::plain, true);
    if (points.stream().anyMatch(p -> p.successRate() < 100)) {
      Function<Point, Stat> success = p -> new Stat(p.successRate(), Double.NaN, List.of());
      put(all, "Success rate of all turns", success, v -> Html.plain(v) + " %", false);
    }
    return all;
  }

  private static Function<Point, Stat> of(Metric metric) {
    return point -> point.stat(metric);
  }

  private static String perSecond(double value) {
    return Html.plain(value) + "/s";
  }

  private void put(
      Map<String, List<String>> all,
      String title,
      Function<Point, Stat> value,
      DoubleFunction<String> label,
      boolean log) {
    List<String> charts = new ArrayList<>();
    for (String workload : workloads) {
      List<Point> of = points.stream().filter(p -> p.workload().equals(workload)).toList();
      double[] means =
          of.stream().map(value).filter(Stat::isKnown).mapToDouble(Stat::mean).toArray();
      if (means.length > 0 && (!log || java.util.Arrays.stream(means).anyMatch(v -> v > 0))) {
        Axis y = log ? Axis.log(means, label) : Axis.percent(label);
        charts.add(againstRate(workload, of, value, y, title.startsWith("Goodput")));
      }
    }
    if (!charts.isEmpty()) {
      all.put(title, charts);
    }
  }

  private static String againstRate(
      String workload, List<Point> of, Function<Point, Stat> value, Axis y, boolean offered) {
    List<Double> rates = of.stream().map(Point::qps).distinct().toList();
    List<Line> lines = new ArrayList<>();
    if (offered) {
      lines.add(
          new Line("offered", "", rates.stream().map(r -> new Spot(r, r, 0, false)).toList()));
    }
    for (String mode : HtmlReport.modes(of)) {
      lines.add(
          new Line(
              mode,
              mode,
              of.stream()
                  .filter(p -> p.mode().equals(mode) && value.apply(p).isKnown())
                  .map(p -> spot(p, value.apply(p)))
                  .toList()));
    }
    return new LineChart(workload, "QPS", Axis.rates(rates, Verdict::number), y, lines).svg();
  }

  private static Spot spot(Point point, Stat stat) {
    return new Spot(point.qps(), stat.mean(), stat.half(), point.saturated());
  }

  /** Latency against percentile, at a rate that two modes carried. */
  List<String> percentiles() {
    List<String> charts = new ArrayList<>();
    for (String workload : workloads) {
      double qps = telling(workload);
      List<Line> lines = lines(workload, qps, Charts::curve);
      double[] values = values(lines);
      if (values.length > 0) {
        charts.add(
            new LineChart(
                    "%s at %s QPS".formatted(workload, Verdict.number(qps)),
                    "percentile",
                    Axis.percentiles(),
                    Axis.log(values, Html::millis),
                    lines)
                .svg());
      }
    }
    return charts;
  }

  /** Latency turn by turn, of conversations with more than two. */
  Map<String, List<String>> turns() {
    List<String> charts = new ArrayList<>();
    for (String workload : workloads) {
      double qps = telling(workload);
      List<Line> lines = lines(workload, qps, Charts::byTurn);
      double[] values = values(lines);
      int turns = points.stream().mapToInt(Point::turns).max().orElse(0);
      if (values.length > 0 && turns > FEW_TURNS) {
        charts.add(
            new LineChart(
                    "%s at %s QPS".formatted(workload, Verdict.number(qps)),
                    "turn",
                    Axis.turns(turns),
                    Axis.log(values, Html::millis),
                    lines)
                .svg());
      }
    }
    return charts.isEmpty() ? Map.of() : Map.of("Time to first token turn by turn, mean", charts);
  }

  private List<Line> lines(String workload, double qps, Function<Point, List<Spot>> spots) {
    return points.stream()
        .filter(p -> p.workload().equals(workload) && p.qps() == qps)
        .sorted(Comparator.comparing(Point::mode, Palette.ORDER))
        .map(p -> new Line(p.mode(), p.mode(), spots.apply(p)))
        .filter(line -> !line.spots().isEmpty())
        .toList();
  }

  private static double[] values(List<Line> lines) {
    return lines.stream().flatMap(l -> l.spots().stream()).mapToDouble(Spot::y).toArray();
  }

  /** The highest rate at which at least two modes kept up; the lowest if there is none. */
  private double telling(String workload) {
    List<Point> of = points.stream().filter(p -> p.workload().equals(workload)).toList();
    double best = of.getFirst().qps();
    for (Point point : of) {
      long calm = of.stream().filter(p -> p.qps() == point.qps() && !p.saturated()).count();
      if (calm >= Math.min(2, of.stream().filter(p -> p.qps() == point.qps()).count())) {
        best = Math.max(best, point.qps());
      }
    }
    return best;
  }

  private static List<Spot> curve(Point point) {
    JsonNode turn = point.turn(point.turns() > 1 ? 2 : 1);
    List<Spot> spots = new ArrayList<>();
    for (int i = 0; i < turn.path("curve_percent").size(); i++) {
      double percent = turn.path("curve_percent").path(i).asDouble();
      if (percent >= LOWEST_PERCENT) {
        spots.add(new Spot(percent, turn.path("curve_ttft").path(i).asDouble(), Double.NaN, false));
      }
    }
    if (spots.isEmpty()) {
      for (int percent : new int[] {50, 90, 99}) {
        double value = turn.path("p" + percent + "_ttft").asDouble(0);
        if (value > 0) {
          spots.add(new Spot(percent, value, Double.NaN, false));
        }
      }
    }
    return spots;
  }

  private static List<Spot> byTurn(Point point) {
    List<Spot> spots = new ArrayList<>();
    for (int turn = 1; turn <= point.turns(); turn++) {
      Stat stat = Stat.of(point.turn(turn), "avg_ttft");
      spots.add(new Spot(turn, stat.mean(), stat.half(), point.saturated()));
    }
    return spots;
  }
}
