package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Contest;
import io.turnpike.bench.merge.Crossover;
import io.turnpike.bench.merge.Metric;
import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Verdict;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Workloads down, rates across, and in each field who is best and by how much. */
final class WinnerGrid {

  private static final List<Metric> SHOWN =
      List.of(Metric.TTFT, Metric.TPOT, Metric.E2E, Metric.GOODPUT);

  private WinnerGrid() {}

  /** A grid for each metric that the file has. */
  static String all(List<Point> points) {
    StringBuilder html = new StringBuilder();
    for (Metric metric : SHOWN) {
      if (points.stream().anyMatch(p -> p.stat(metric).isKnown())) {
        grid(html, points, metric);
      }
    }
    return html.toString();
  }

  private static void grid(StringBuilder html, List<Point> points, Metric metric) {
    String of = points.getFirst().turns() > 1 ? " of turn 2" : "";
    html.append(
        "<div class='grid'><h3>%s%s</h3><table><tr><th>QPS</th>".formatted(title(metric), of));
    List<Double> rates = Crossover.rates(points);
    rates.forEach(qps -> html.append("<th>%s</th>".formatted(Verdict.number(qps))));
    html.append("</tr>\n");
    for (String workload : Verdict.workloads(points)) {
      html.append("<tr><th>%s</th>".formatted(Html.escape(workload)));
      for (double qps : rates) {
        List<Point> at =
            points.stream().filter(p -> p.workload().equals(workload) && p.qps() == qps).toList();
        html.append(field(Contest.of(at, metric)));
      }
      html.append("</tr>\n");
    }
    html.append("</table></div>\n");
  }

  static String title(Metric metric) {
    String words = metric.words();
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private static String field(@Nullable Contest contest) {
    if (contest == null) {
      return "<td class='even'></td>";
    }
    List<String> best = contest.best().stream().map(Point::mode).sorted(Palette.ORDER).toList();
    String ahead =
        contest.next() == null || contest.aheadPercent() == 0
            ? ""
            : String.format(Locale.ROOT, "%+.0f\u202f%%", contest.aheadPercent());
    String tip = tip(contest);
    if (contest.next() == null && best.size() > 1) {
      return "<td class='even' title='%s'>all even</td>".formatted(tip);
    }
    String unsure = contest.sure() ? "" : " unsure";
    if (best.size() == 1) {
      return "<td class='%s%s' title='%s'><b>%s</b>%s</td>"
          .formatted(Palette.css(best.getFirst()), unsure, tip, shorter(best.getFirst()), ahead);
    }
    return "<td class='two%s' style='%s' title='%s'><b>%s</b>%s</td>"
        .formatted(
            unsure,
            stripes(best),
            tip,
            String.join("<wbr>=", best.stream().map(WinnerGrid::shorter).toList()),
            ahead);
  }

  /** A stripe for each of them. */
  private static String stripes(List<String> best) {
    StringBuilder css = new StringBuilder("background:linear-gradient(100deg");
    for (int i = 0; i < best.size(); i++) {
      css.append(
          ",color-mix(in srgb,var(--%s) var(--mix),var(--bg)) %s%% %s%%"
              .formatted(
                  Palette.css(best.get(i)),
                  Html.plain(100.0 * i / best.size()),
                  Html.plain(100.0 * (i + 1) / best.size())));
    }
    return css.append(')').toString();
  }

  private static String shorter(String mode) {
    return switch (mode) {
      case "replication" -> "repl";
      case "adaptive" -> "adapt";
      default -> Html.escape(mode);
    };
  }

  private static String tip(Contest contest) {
    StringBuilder tip = new StringBuilder();
    contest.best().forEach(p -> figure(tip, p, contest.metric()));
    if (contest.next() != null) {
      tip.append("next: ");
      figure(tip, contest.next(), contest.metric());
    }
    return tip.append(contest.sure() ? "sure" : "not sure").toString();
  }

  private static void figure(StringBuilder tip, Point point, Metric metric) {
    double mean = point.mean(metric);
    boolean isTime = metric == Metric.TTFT || metric == Metric.TPOT || metric == Metric.E2E;
    tip.append(Html.escape(point.mode()))
        .append(' ')
        .append(isTime ? Html.millis(mean) : Html.plain(mean))
        .append("; ");
  }
}
