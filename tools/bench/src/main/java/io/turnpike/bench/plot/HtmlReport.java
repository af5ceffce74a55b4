package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Merge;
import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * One HTML file that needs nothing else: who wins where, charts, costs, tables, and what the run
 * was. Its frame is {@code report/report.html}, its style {@code report/report.css}.
 */
public final class HtmlReport {

  private final JsonNode study;
  private final List<Point> points;

  /** A report of a result file, ours or the original tools'. */
  public HtmlReport(JsonNode study) {
    this.study = study;
    points = Merge.points(study);
  }

  /** The page. */
  public String page() {
    Charts charts = new Charts(points);
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("title", "Turnpike benchmark");
    parts.put("style", style());
    parts.put("subtitle", Html.escape(subtitle()));
    parts.put("warnings", new Warnings(study).html());
    parts.put("key", key());
    parts.put("grids", WinnerGrid.all(points));
    parts.put("words", Html.escape(Verdict.WORDS));
    parts.put("verdict", verdict());
    parts.put("clocks", "Turn 2 where there is one; clocks start when a turn is due.");
    parts.put("charts", sections(charts.main()));
    parts.put("turn", points.getFirst().turns() > 1 ? "turn 2" : "all turns");
    parts.put("percentiles", String.join("", charts.percentiles()));
    parts.put("turns", sections(charts.turns()));
    parts.put("cost", CostCards.html(points));
    parts.put("more", sections(charts.more()));
    parts.put("tables", TurnTables.html(points));
    parts.put("facts", new RunFacts(study).html());
    parts.put("config", Html.escape(study.path("config").toPrettyString()));
    return fill(resource("report.html"), parts);
  }

  private String subtitle() {
    return "%s · %d results · %s"
        .formatted(
            study.path("config").path("what").asString("not said what was measured"),
            points.size(),
            study.path("timestamp").asString("no time").replaceFirst("\\.\\d+Z?$", ""));
  }

  /** For each workload who is first, and folded away how ppd compares with others. */
  private String verdict() {
    StringBuilder html = new StringBuilder();
    for (String workload : Verdict.workloads(points)) {
      List<Point> of = points.stream().filter(p -> p.workload().equals(workload)).toList();
      html.append("<li>").append(Html.escape(Verdict.first(workload, of)));
      List<String> pairs = Verdict.pairs(workload, of);
      if (!pairs.isEmpty()) {
        html.append("<details><summary>ppd against others</summary>");
        pairs.forEach(pair -> html.append("<p>").append(Html.escape(pair)).append("</p>"));
        html.append("</details>");
      }
      html.append("</li>\n");
    }
    return html.toString();
  }

  private String key() {
    StringBuilder html = new StringBuilder();
    for (String mode : modes(points)) {
      html.append(
          "<span class='%s'><svg viewBox='0 0 30 14' aria-hidden='true'><path class='l' d='M1 7H29'/><path d='%s'/></svg>%s</span>"
              .formatted(Palette.css(mode), Marker.of(mode).path(15, 7, 4.4), Html.escape(mode)));
    }
    return html.toString();
  }

  private String sections(Map<String, List<String>> byTitle) {
    StringBuilder html = new StringBuilder();
    if (!byTitle.isEmpty()) {
      html.append("<div class='rows w%d'>\n".formatted(Verdict.workloads(points).size()));
      byTitle.forEach(
          (title, charts) ->
              html.append(
                  "<section><h3>%s</h3>\n<div class='charts'>\n%s</div></section>\n"
                      .formatted(Html.escape(title), String.join("", charts))));
      html.append("</div>\n");
    }
    return html.toString();
  }

  static List<String> modes(List<Point> points) {
    return points.stream().map(Point::mode).distinct().sorted(Palette.ORDER).toList();
  }

  private static String style() {
    return fill(
        resource("report.css"), Map.of("light", Palette.rule(false), "dark", Palette.rule(true)));
  }

  private static String fill(String frame, Map<String, String> parts) {
    String text = frame;
    for (Map.Entry<String, String> part : parts.entrySet()) {
      text = text.replace("{{" + part.getKey() + "}}", part.getValue());
    }
    return text;
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream("/report/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
