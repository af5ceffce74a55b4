package io.turnpike.bench.report;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A study's result as a table of at most 100 columns. */
public final class StudyTable {

  private StudyTable() {}

  /** The table: a line for each cell and turn, then what is to be known of those marked. */
  public static String text(JsonNode study) {
    StringBuilder text = new StringBuilder();
    boolean intervals =
        study
            .path("results")
            .valueStream()
            .anyMatch(r -> r.path("turn1_metrics").path("ci95").has("avg_ttft"));
    text.append(
        String.format(
            Locale.ROOT,
            "%-9s %6s %-11s %4s %17s %9s %8s %8s %7s %s%n",
            "workload",
            "qps",
            "mode",
            "turn",
            intervals ? "TTFT ms (95 %)" : "TTFT ms",
            "P99",
            "TPOT",
            "E2E",
            "fine",
            "routes"));
    for (JsonNode result : study.path("results")) {
      for (int turn = 1; result.has("turn" + turn + "_metrics"); turn++) {
        row(text, result, turn);
      }
    }
    for (JsonNode result : study.path("results")) {
      saturation(text, result);
    }
    loads(text, study);
    return text.toString();
  }

  /** What a workload is called, and what it was: tokenizers do not count as names do. */
  private static void loads(StringBuilder text, JsonNode study) {
    Set<String> told = new LinkedHashSet<>();
    for (JsonNode result : study.path("results")) {
      if (result.path("success_count").asLong() > 0
          && told.add(result.path("workload").asString())) {
        text.append(
            String.format(
                Locale.ROOT,
                "%s: called %d in, %d out; counted by the engines %.0f in, %.0f out%n",
                result.path("workload").asString(),
                result.path("input_tokens").asInt(),
                result.path("output_tokens").asInt(),
                result.path("real_input_tokens").asDouble(),
                result.path("real_output_tokens").asDouble()));
      }
    }
  }

  private static void saturation(StringBuilder text, JsonNode result) {
    String said = result.path("saturation").asString("");
    if (!said.isEmpty()) {
      text.append(
          "! %s %s/s %s, %d of %d runs: %s%n"
              .formatted(
                  result.path("workload").asString(),
                  result.path("target_qps"),
                  result.path("mode").asString(),
                  result.path("saturated_runs").asInt(1),
                  result.path("runs").asInt(1),
                  said));
    }
  }

  private static void row(StringBuilder text, JsonNode result, int turn) {
    JsonNode of = result.path("turn" + turn + "_metrics");
    JsonNode half = of.path("ci95").path("avg_ttft");
    String ttft = String.format(Locale.ROOT, "%.1f", of.path("avg_ttft").asDouble());
    if (half.isNumber()) {
      ttft += String.format(Locale.ROOT, " ± %.1f", half.asDouble());
    }
    double fine =
        100.0
            * of.path("success_count").asDouble()
            / Math.max(1, of.path("sample_count").asDouble());
    text.append(
        String.format(
            Locale.ROOT,
            "%-9s %6.2f %-11s %4d %17s %9.1f %8.2f %8.0f %5.1f%%%s %s%n",
            result.path("workload").asString(),
            result.path("target_qps").asDouble(),
            result.path("mode").asString(),
            turn,
            ttft,
            of.path("p99_ttft").asDouble(),
            of.path("avg_tpot").asDouble(),
            of.path("avg_e2e").asDouble(),
            fine,
            of.path("saturation").asString("").isEmpty() ? " " : "!",
            routes(of.path("routes"))));
  }

  private static String routes(JsonNode routes) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, JsonNode> route : routes.properties()) {
      text.append(text.isEmpty() ? "" : ",").append(shorter(route.getKey()));
    }
    return text.toString();
  }

  private static String shorter(String route) {
    return switch (route) {
      case "disaggregated" -> "P→D";
      case "decode-direct" -> "D";
      case "replica" -> "R";
      default -> route;
    };
  }
}
