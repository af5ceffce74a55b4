package io.turnpike.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** A study's figures for spreadsheets and scripts: a line for each cell and turn. */
public final class FiguresCsv {

  private static final List<String> KEYS =
      List.of(
          "avg_ttft",
          "p50_ttft",
          "p90_ttft",
          "p99_ttft",
          "avg_tpot",
          "p99_tpot",
          "avg_e2e",
          "p99_e2e",
          "goodput_qps");

  private FiguresCsv() {}

  /** The text of the file. */
  public static String text(JsonNode study) {
    List<String> heads = new ArrayList<>(List.of("workload", "qps", "mode", "turn", "runs"));
    for (String key : KEYS) {
      heads.add(key);
      heads.add(key + "_half95");
    }
    heads.addAll(
        List.of(
            "samples",
            "successes",
            "prompt_tokens",
            "cached_tokens",
            "transferred_tokens",
            "saturated_runs"));
    StringBuilder text = new StringBuilder(String.join(",", heads)).append('\n');
    for (JsonNode result : study.path("results")) {
      for (int turn = 1; result.path("turn" + turn + "_metrics").isObject(); turn++) {
        text.append(line(result, turn)).append('\n');
      }
    }
    return text.toString();
  }

  private static String line(JsonNode result, int turn) {
    JsonNode of = result.path("turn" + turn + "_metrics");
    List<String> fields = new ArrayList<>();
    fields.add(result.path("workload").asString(""));
    fields.add(result.path("target_qps").toString());
    fields.add(result.path("mode").asString(""));
    fields.add(Integer.toString(turn));
    fields.add(Integer.toString(result.path("runs").asInt(1)));
    for (String key : KEYS) {
      fields.add(number(of.path(key)));
      fields.add(number(of.path("ci95").path(key)));
    }
    for (String key :
        List.of(
            "sample_count",
            "success_count",
            "prompt_tokens",
            "cached_tokens",
            "transferred_tokens",
            "saturated_runs")) {
      fields.add(of.path(key).isNumber() ? of.path(key).toString() : "");
    }
    return String.join(",", fields);
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.2f", value.asDouble()) : "";
  }
}
