package io.turnpike.bench.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a reader must know before believing a figure: failures, a busy load generator, gaps. */
final class Warnings {

  private static final int MOST_LINES = 40;

  private final JsonNode study;

  Warnings(JsonNode study) {
    this.study = study;
  }

  String html() {
    List<String> failed = new ArrayList<>();
    List<String> invalid = new ArrayList<>();
    List<String> partial = new ArrayList<>();
    for (JsonNode result : study.path("results")) {
      String cell =
          "%s at %s QPS, %s"
              .formatted(
                  result.path("workload").asString(""),
                  result.path("target_qps"),
                  result.path("mode").asString(""));
      int failures = result.path("failure_count").asInt(0);
      if (failures > 0) {
        failed.add(
            "%s: %d of %d failed%s"
                .formatted(
                    cell,
                    failures,
                    result.path("sample_count").asInt(0),
                    reasons(result.path("failures"))));
      }
      for (JsonNode because : result.path("load_generator").path("invalid_because")) {
        invalid.add(cell + ": " + because.asString(""));
      }
      if (result.path("partial").asBoolean(false)) {
        partial.add(cell);
      }
    }
    return note("Not valid: the load generator was itself the limit", invalid)
        + note("Interrupted: these cells are not whole", partial)
        + note("Failures, which count as requests in all rates and have no latency", failed);
  }

  private static String reasons(JsonNode failures) {
    List<String> reasons = new ArrayList<>();
    for (Map.Entry<String, JsonNode> one : failures.properties()) {
      reasons.add(one.getKey() + " " + one.getValue().asInt(0));
    }
    return reasons.isEmpty() ? "" : " (" + String.join(", ", reasons) + ")";
  }

  private static String note(String title, List<String> lines) {
    if (lines.isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder("<div class='note'><b>%s</b><ul>".formatted(title));
    lines.stream()
        .limit(MOST_LINES)
        .forEach(line -> html.append("<li>").append(Html.escape(line)).append("</li>"));
    if (lines.size() > MOST_LINES) {
      html.append("<li>and %d more</li>".formatted(lines.size() - MOST_LINES));
    }
    return html.append("</ul></div>\n").toString();
  }
}
