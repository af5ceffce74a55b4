package io.turnpike.bench.study;

import io.turnpike.bench.figures.Confidence;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Several runs of a cell as one result in the same shape: counts are added, figures averaged with
 * their 95 % intervals under {@code ci95} and what each run had under {@code by_run}.
 */
final class RunMeans {

  private static final JsonMapper JSON = new JsonMapper();

  private static final List<String> ADDED =
      List.of(
          "sample_count",
          "success_count",
          "failure_count",
          "total_tokens",
          "cached_tokens",
          "prompt_tokens",
          "transferred_tokens",
          "good_count");
  private static final List<String> COUNTS = List.of("failures", "routes", "token_sources");
  private static final List<String> CURVES = List.of("curve_ttft", "curve_e2e");
  private static final List<String> AVERAGED =
      List.of(
          "real_qps",
          "real_input_tokens",
          "real_output_tokens",
          "completed_qps",
          "avg_ttft",
          "p50_ttft",
          "p90_ttft",
          "p99_ttft",
          "avg_tpot",
          "p50_tpot",
          "p99_tpot",
          "avg_e2e",
          "p50_e2e",
          "p90_e2e",
          "p99_e2e",
          "avg_throughput_tps",
          "goodput_qps",
          "avg_ttft_from_send",
          "avg_e2e_from_send");

  /** Of these, each run's own value is kept, so that modes can be compared run by run. */
  private static final List<String> COMPARED =
      List.of("avg_ttft", "p99_ttft", "avg_tpot", "avg_e2e", "goodput_qps");

  private RunMeans() {}

  static ObjectNode of(List<? extends JsonNode> runs) {
    ObjectNode mean = ((ObjectNode) runs.getFirst()).deepCopy();
    mean.remove("run");
    mean.put("runs", runs.size());
    level(mean, runs);
    mean.put(
        "min_ttft", runs.stream().mapToDouble(r -> r.path("min_ttft").asDouble()).min().orElse(0));
    mean.put(
        "max_ttft", runs.stream().mapToDouble(r -> r.path("max_ttft").asDouble()).max().orElse(0));
    for (int turn = 1; mean.has("turn" + turn + "_metrics"); turn++) {
      String key = "turn" + turn + "_metrics";
      level((ObjectNode) mean.path(key), runs.stream().map(run -> run.path(key)).toList());
    }
    generator(mean, runs);
    ArrayNode raw = mean.putArray("raw_metrics");
    runs.forEach(run -> run.path("raw_metrics").forEach(raw::add));
    mean.put("partial", runs.stream().anyMatch(run -> run.path("partial").asBoolean(false)));
    return mean;
  }

  private static void level(ObjectNode mean, List<? extends JsonNode> runs) {
    ObjectNode intervals = mean.putObject("ci95");
    ObjectNode byRun = mean.putObject("by_run");
    for (String key : ADDED) {
      if (mean.path(key).isNumber()) {
        mean.put(key, runs.stream().mapToLong(run -> run.path(key).asLong()).sum());
      }
    }
    for (String key : COUNTS) {
      if (mean.path(key).isObject()) {
        mean.set(key, counts(key, runs));
      }
    }
    for (String key : AVERAGED) {
      if (mean.path(key).isNumber()) {
        double[] values = runs.stream().mapToDouble(run -> run.path(key).asDouble()).toArray();
        Confidence of = Confidence.of(values);
        mean.put(key, of.mean());
        if (of.isKnown()) {
          intervals.put(key, of.half());
        }
        if (COMPARED.contains(key)) {
          byRun.set(key, JSON.valueToTree(values));
        }
      }
    }
    CURVES.stream().filter(key -> mean.path(key).isArray()).forEach(key -> curve(mean, key, runs));
    saturation(mean, runs);
  }

  private static ObjectNode counts(String key, List<? extends JsonNode> runs) {
    ObjectNode sum = JSON.createObjectNode();
    for (JsonNode run : runs) {
      for (Map.Entry<String, JsonNode> one : run.path(key).properties()) {
        sum.put(one.getKey(), sum.path(one.getKey()).asLong(0) + one.getValue().asLong());
      }
    }
    return sum;
  }

  private static void curve(ObjectNode mean, String key, List<? extends JsonNode> runs) {
    int length = mean.path(key).size();
    ArrayNode curve = mean.putArray(key);
    for (int i = 0; i < length; i++) {
      int at = i;
      curve.add(
          runs.stream().mapToDouble(r -> r.path(key).path(at).asDouble()).average().orElse(0));
    }
  }

  private static void saturation(ObjectNode mean, List<? extends JsonNode> runs) {
    List<String> said =
        runs.stream()
            .map(r -> r.path("saturation").asString(""))
            .filter(s -> !s.isEmpty())
            .toList();
    mean.put("saturated_runs", said.size());
    mean.put("saturation", said.isEmpty() ? "" : said.getFirst());
  }

  /** The worst of the runs. */
  private static void generator(ObjectNode mean, List<? extends JsonNode> runs) {
    ObjectNode worst = mean.putObject("load_generator");
    for (String key : List.of("lag_p99_ms", "lag_max_ms", "cpu_share")) {
      worst.put(
          key,
          runs.stream()
              .mapToDouble(run -> run.path("load_generator").path(key).asDouble(0))
              .max()
              .orElse(0));
    }
    ArrayNode because = JSON.createArrayNode();
    runs.forEach(run -> run.path("load_generator").path("invalid_because").forEach(because::add));
    worst.put("valid", because.isEmpty());
    worst.set("invalid_because", because);
  }
}
