package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Merge;
import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** One HTML file that needs nothing else: verdict, charts, tables, and what the run was. */
public final class HtmlReport {

  private static final List<Figure> FIGURES =
      List.of(
          Figure.TTFT,
          Figure.P99_TTFT,
          Figure.TPOT,
          Figure.E2E,
          Figure.GOODPUT,
          Figure.THROUGHPUT,
          Figure.SUCCESS,
          Figure.CACHED);

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --bg: #ffffff; --fg: #1b1b1f; --soft: #5c5c66; --line: #dcdce2; }
      @media (prefers-color-scheme: dark) {
        :root { --bg: #16161a; --fg: #ececf1; --soft: #a3a3ad; --line: #36363f; }
      }
      body { background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif;
        max-width: 1320px; margin: 2rem auto; padding: 0 1rem; }
      .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(380px, 1fr)); gap: 1rem; }
      svg { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
      svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
      svg text.t { fill: var(--fg); font-size: 13px; font-weight: 600; }
      svg line.g { stroke: var(--line); }
      svg path, svg line { stroke-width: 2; }
      svg line.g { stroke-width: 1; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: .2rem .7rem; border-bottom: 1px solid var(--line); text-align: right; }
      th:nth-child(-n+3), td:nth-child(-n+3) { text-align: left; }
      .key span { margin-right: 1.2rem; font-weight: 600; }
      pre { white-space: pre-wrap; color: var(--soft); }
      """;

  private final JsonNode study;
  private final List<Point> points;

  /** A report of a result file, ours or the original tools'. */
  public HtmlReport(JsonNode study) {
    this.study = study;
    points = Merge.points(study);
  }

  /** The page. */
  public String page(String machine) {
    StringBuilder html = new StringBuilder("<!doctype html>\n<html lang='en'><head>");
    html.append("<meta charset='utf-8'><title>Turnpike benchmark</title>");
    html.append("<meta name='viewport' content='width=device-width'>\n<style>").append(STYLE);
    colours(html);
    html.append("</style></head><body>\n<h1>Turnpike benchmark</h1>\n");
    what(html, machine);
    html.append("<h2>Verdict</h2>\n<ul>");
    Verdict.of(points).forEach(s -> html.append("<li>").append(escape(s)).append("</li>\n"));
    html.append("</ul>\n<p>“Surely” means that the 95 % intervals of the means over runs do not");
    html.append(
        " meet. Charts show turn 2 where there is one; clocks start when a turn is due.</p>");
    key(html);
    for (String workload : points.stream().map(Point::workload).distinct().toList()) {
      charts(html, workload);
    }
    html.append("<h2>Turns</h2>\n");
    table(html);
    html.append("<h2>Configuration</h2>\n<pre>");
    html.append(escape(study.path("config").toPrettyString())).append("</pre>\n</body></html>\n");
    return html.toString();
  }

  private void what(StringBuilder html, String machine) {
    html.append(
        "<p>%s; %s; %d results; seed %s. Made on: %s.</p>\n"
            .formatted(
                escape(study.path("timestamp").asString("no time")),
                escape(study.path("config").path("what").asString("not said what was measured")),
                points.size(),
                escape(study.path("config").path("seed").toString()),
                escape(machine)));
  }

  private static void colours(StringBuilder html) {
    for (String mode : Palette.MODES) {
      html.append(
          ".m-%s { stroke: %s; color: %s; }\n"
              .formatted(mode, Palette.light(mode), Palette.light(mode)));
    }
    html.append("circle { fill: currentColor; }\n@media (prefers-color-scheme: dark) {\n");
    for (String mode : Palette.MODES) {
      html.append(
          ".m-%s { stroke: %s; color: %s; }\n"
              .formatted(mode, Palette.dark(mode), Palette.dark(mode)));
    }
    html.append("}\n");
  }

  private void key(StringBuilder html) {
    html.append("<p class='key'>");
    for (String mode : points.stream().map(Point::mode).distinct().toList()) {
      html.append("<span class='m-%s'>● %s</span>".formatted(escape(mode), escape(mode)));
    }
    html.append("</p>\n");
  }

  private void charts(StringBuilder html, String workload) {
    List<Point> of = points.stream().filter(p -> p.workload().equals(workload)).toList();
    html.append("<h2>%s</h2>\n<div class='charts'>\n".formatted(escape(workload)));
    for (Figure figure : FIGURES) {
      html.append(new Svg(of, figure).draw(escape(workload + ": " + figure.title())));
    }
    html.append("</div>\n");
  }

  private void table(StringBuilder html) {
    html.append("<div class='wide'><table><tr>");
    for (String head :
        List.of(
            "workload",
            "mode",
            "turn",
            "QPS",
            "TTFT mean",
            "± 95 %",
            "p50",
            "p90",
            "p99",
            "TPOT",
            "E2E",
            "fine",
            "cached",
            "failures")) {
      html.append("<th>").append(head).append("</th>");
    }
    html.append("</tr>\n");
    for (JsonNode result : study.path("results")) {
      for (int turn = 1; result.path("turn" + turn + "_metrics").isObject(); turn++) {
        row(html, result, turn);
      }
    }
    html.append("</table></div>\n");
  }

  private static void row(StringBuilder html, JsonNode result, int turn) {
    JsonNode of = result.path("turn" + turn + "_metrics");
    double prompt = of.path("prompt_tokens").asDouble(0);
    List<String> cells =
        List.of(
            escape(result.path("workload").asString("")),
            escape(result.path("mode").asString("")),
            Integer.toString(turn),
            result.path("target_qps").toString(),
            number(of.path("avg_ttft")),
            number(of.path("ci95").path("avg_ttft")),
            number(of.path("p50_ttft")),
            number(of.path("p90_ttft")),
            number(of.path("p99_ttft")),
            number(of.path("avg_tpot")),
            number(of.path("avg_e2e")),
            of.path("success_count").asInt(0) + "/" + of.path("sample_count").asInt(0),
            prompt == 0
                ? ""
                : String.format(
                    Locale.ROOT, "%.0f %%", 100 * of.path("cached_tokens").asDouble(0) / prompt),
            escape(failures(result.path("failures"))));
    html.append("<tr>");
    cells.forEach(cell -> html.append("<td>").append(cell).append("</td>"));
    html.append("</tr>\n");
  }

  private static String failures(JsonNode failures) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, JsonNode> one : failures.properties()) {
      text.append(one.getKey()).append(' ').append(one.getValue().asInt(0)).append(' ');
    }
    return text.toString().strip();
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f", value.asDouble()) : "";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&quot;");
  }
}
