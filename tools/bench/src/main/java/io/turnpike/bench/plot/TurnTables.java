package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Every turn of every cell as a row, a table for each workload. */
final class TurnTables {

  private static final List<String> HEADS =
      List.of(
          "mode",
          "QPS",
          "turn",
          "TTFT ms",
          "± 95 %",
          "p50",
          "p90",
          "p99",
          "TPOT ms",
          "E2E ms",
          "fine",
          "good/s",
          "cached",
          "moved",
          "route",
          "fell behind");

  private TurnTables() {}

  static String html(List<Point> points) {
    StringBuilder html = new StringBuilder();
    String firstMode = HtmlReport.modes(points).getFirst();
    for (String workload : Verdict.workloads(points)) {
      html.append(
          "<details><summary>%s</summary><div class='wide'><table><tr>"
              .formatted(Html.escape(workload)));
      HEADS.forEach(head -> html.append("<th>").append(head).append("</th>"));
      html.append("</tr>\n");
      points.stream()
          .filter(p -> p.workload().equals(workload))
          .sorted(Comparator.comparingDouble(Point::qps).thenComparing(Point::mode, Palette.ORDER))
          .forEach(point -> rows(html, point, firstMode));
      html.append("</table></div></details>\n");
    }
    return html.toString();
  }

  private static void rows(StringBuilder html, Point point, String firstMode) {
    for (int turn = 1; turn <= point.turns(); turn++) {
      JsonNode of = point.turn(turn);
      List<String> cells = new ArrayList<>();
      cells.add("<i></i>" + Html.escape(point.mode()));
      cells.add(Verdict.number(point.qps()));
      cells.add(Integer.toString(turn));
      cells.add(number(of.path("avg_ttft")));
      cells.add(number(of.path("ci95").path("avg_ttft")));
      cells.add(number(of.path("p50_ttft")));
      cells.add(number(of.path("p90_ttft")));
      cells.add(number(of.path("p99_ttft")));
      cells.add(number(of.path("avg_tpot")));
      cells.add(number(of.path("avg_e2e")));
      cells.add(of.path("success_count").asInt(0) + "/" + of.path("sample_count").asInt(0));
      cells.add(number(of.path("goodput_qps")));
      cells.add(share(of, "cached_tokens"));
      cells.add(share(of, "transferred_tokens"));
      cells.add(routes(of.path("routes")));
      String first = turn == 1 && point.mode().equals(firstMode) ? " first" : "";
      html.append("<tr class='%s%s'>".formatted(Palette.css(point.mode()), first));
      cells.forEach(cell -> html.append("<td>").append(cell).append("</td>"));
      html.append("<td class='w'>%s</td></tr>\n".formatted(Html.escape(behind(point, of))));
    }
  }

  private static String behind(Point point, JsonNode of) {
    int runs = of.path("saturated_runs").asInt(0);
    return runs == 0
        ? ""
        : "%d of %d runs: %s"
            .formatted(
                runs, point.json().path("runs").asInt(1), of.path("saturation").asString(""));
  }

  private static String share(JsonNode of, String key) {
    double prompt = of.path("prompt_tokens").asDouble(0);
    return prompt == 0
        ? ""
        : String.format(Locale.ROOT, "%.0f %%", 100 * of.path(key).asDouble(0) / prompt);
  }

  private static String routes(JsonNode routes) {
    List<String> names = new ArrayList<>();
    double all = routes.valueStream().mapToDouble(n -> n.asDouble(0)).sum();
    for (Map.Entry<String, JsonNode> route : routes.properties()) {
      String name = shorter(route.getKey());
      double share = 100 * route.getValue().asDouble(0) / Math.max(1, all);
      names.add(share > 99.95 ? name : String.format(Locale.ROOT, "%s %.0f %%", name, share));
    }
    return String.join(", ", names);
  }

  private static String shorter(String route) {
    return switch (route) {
      case "disaggregated" -> "P→D";
      case "decode-direct" -> "D";
      case "replica" -> "replica";
      default -> Html.escape(route);
    };
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f", value.asDouble()) : "";
  }
}
