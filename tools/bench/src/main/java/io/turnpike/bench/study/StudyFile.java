package io.turnpike.bench.study;

import io.turnpike.bench.figures.Confidence;
import io.turnpike.bench.report.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A study's files: {@code NAME.cells.jsonl}, to which each finished cell is appended, and {@code
 * NAME.json} in the original tools' shape, replaced as a whole. One thread.
 */
public final class StudyFile {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> AVERAGED =
      List.of(
          "real_qps",
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
          "cached_tokens");

  private final Path journal;
  private final Path result;
  private final Map<String, Object> config;
  private final Map<String, JsonNode> cells = new LinkedHashMap<>();
  private int damaged;

  /** Files of that name; what the study is goes into both. */
  public StudyFile(Path name, Map<String, Object> config) {
    journal = Path.of(name + ".cells.jsonl");
    result = Path.of(name + ".json");
    this.config = config;
  }

  /** Takes over finished cells of the same study; a line cut short by a crash is left out. */
  public int resume() throws IOException {
    if (!Files.exists(journal)) {
      return 0;
    }
    List<String> lines = Files.readAllLines(journal);
    JsonNode ours = JSON.valueToTree(config);
    if (!lines.isEmpty()
        && !JSON.readTree(lines.getFirst()).path("config").equals(JSON.readTree(ours.toString()))) {
      throw new IllegalArgumentException(
          "%s is of another study (give the same options, or leave --resume out)"
              .formatted(journal));
    }
    lines.stream().skip(1).forEach(this::takeOver);
    return cells.size();
  }

  private void takeOver(String line) {
    try {
      JsonNode cell = JSON.readTree(line);
      cells.put(cell.path("key").asString(), cell.path("result"));
    } catch (JacksonException e) {
      damaged++;
    }
  }

  /** Lines of the journal that could not be read; their cells are measured again. */
  public int damaged() {
    return damaged;
  }

  /** Begins the journal anew. */
  public void begin() throws IOException {
    Path folder = journal.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(journal, JSON.writeValueAsString(Map.of("config", config)) + "\n");
  }

  /** Whether a cell is done. */
  public boolean has(Cell cell) {
    return cells.containsKey(cell.key());
  }

  /** Adds a cell; only a whole one goes into the journal and is not measured again. */
  public void add(Cell cell, Map<String, Object> figures, boolean whole) throws IOException {
    ObjectNode json = JSON.valueToTree(figures);
    json.put("run", cell.run()).put("partial", !whole);
    cells.put(cell.key(), json);
    if (whole) {
      ObjectNode line = JSON.createObjectNode().put("key", cell.key());
      line.set("result", json);
      Files.write(
          journal, (line + "\n").getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    }
  }

  /** Writes the result and returns it. */
  public JsonNode write(String timestamp, boolean keepRaw) throws IOException {
    ObjectNode json = JSON.createObjectNode().put("timestamp", timestamp);
    json.set("config", JSON.valueToTree(config));
    ArrayNode results = json.putArray("results");
    byCell().values().forEach(runs -> results.add(average(runs)));
    ArrayNode runs = json.putArray("runs");
    for (JsonNode cell : cells.values()) {
      ObjectNode copy = ((ObjectNode) cell).deepCopy();
      if (!keepRaw) {
        copy.remove("raw_metrics");
      }
      runs.add(copy);
    }
    AtomicFile.json(result, json);
    return json;
  }

  /** Where the result is. */
  public Path path() {
    return result;
  }

  private Map<String, List<JsonNode>> byCell() {
    Map<String, List<JsonNode>> groups = new LinkedHashMap<>();
    for (JsonNode cell : cells.values()) {
      String key = cell.path("workload") + "@" + cell.path("target_qps") + "/" + cell.path("mode");
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(cell);
    }
    return groups;
  }

  /** The first run's shape, means over runs where there are several, and their intervals. */
  private static ObjectNode average(List<JsonNode> runs) {
    ObjectNode mean = ((ObjectNode) runs.getFirst()).deepCopy();
    mean.remove("run");
    mean.put("runs", runs.size());
    mean.set("ci95", JSON.createObjectNode());
    for (String count : List.of("sample_count", "success_count", "failure_count", "total_tokens")) {
      mean.put(count, runs.stream().mapToLong(run -> run.path(count).asLong()).sum());
    }
    average(mean, runs);
    for (int turn = 1; mean.has("turn" + turn + "_metrics"); turn++) {
      String key = "turn" + turn + "_metrics";
      ObjectNode of = (ObjectNode) mean.path(key);
      of.set("ci95", JSON.createObjectNode());
      average(of, runs.stream().map(run -> run.path(key)).toList());
    }
    return mean;
  }

  private static void average(ObjectNode mean, List<JsonNode> runs) {
    for (String key : AVERAGED) {
      if (mean.path(key).isNumber()) {
        Confidence of =
            Confidence.of(runs.stream().mapToDouble(run -> run.path(key).asDouble()).toArray());
        mean.put(key, of.mean());
        if (of.isKnown()) {
          ((ObjectNode) mean.path("ci95")).put(key, of.half());
        }
      }
    }
  }
}
