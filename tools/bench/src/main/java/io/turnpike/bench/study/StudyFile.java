package io.turnpike.bench.study;

import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.ResultJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

  private static final JsonMapper JSON = ResultJson.MAPPER;

  private final Path name;
  private final Path journal;
  private final Path result;
  private final Object config;
  private final Environment environment;
  private final Map<String, JsonNode> cells = new LinkedHashMap<>();
  private int damaged;

  /**
   * Files of that name.
   *
   * @param config what the study is; only a study of the same can be resumed
   * @param environment what it is measured with
   */
  public StudyFile(Path name, Object config, Environment environment) {
    this.name = name;
    journal = Path.of(name + ".cells.jsonl");
    result = Path.of(name + ".json");
    this.config = config;
    this.environment = environment;
  }

  /** Takes over finished cells of the same study; a line cut short by a crash is left out. */
  public int resume() throws IOException {
    if (!Files.exists(journal)) {
      return 0;
    }
    List<String> lines = Files.readAllLines(journal);
    JsonNode head = lines.isEmpty() ? null : parse(lines.getFirst());
    if (head == null) {
      return 0;
    }
    if (!head.path("config").equals(JSON.readTree(JSON.writeValueAsString(config)))) {
      throw new IllegalArgumentException(
          "%s is of another study (give the same options, or leave --resume out)"
              .formatted(journal));
    }
    lines.stream().skip(1).forEach(this::takeOver);
    if (damaged > 0) {
      dropDamaged(lines);
    }
    return cells.size();
  }

  /** What comes next must not be appended to half a line. */
  private void dropDamaged(List<String> lines) throws IOException {
    StringBuilder whole = new StringBuilder();
    lines.stream()
        .filter(line -> parse(line) != null)
        .forEach(line -> whole.append(line).append('\n'));
    AtomicFile.write(journal, whole.toString());
  }

  private static @Nullable JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JacksonException e) {
      return null;
    }
  }

  private void takeOver(String line) {
    JsonNode cell = parse(line);
    if (cell == null) {
      damaged++;
    } else {
      cells.put(cell.path("key").asString(), cell.path("result"));
    }
  }

  /** Lines of the journal that could not be read; their cells are measured again. */
  public int damaged() {
    return damaged;
  }

  /** Begins the journal anew. */
  public void begin() throws IOException {
    AtomicFile.folder(journal);
    Files.writeString(journal, JSON.writeValueAsString(Map.of("config", config)) + "\n");
  }

  /** Whether a cell is done. */
  public boolean has(Cell cell) {
    return cells.containsKey(cell.key());
  }

  /** Adds a cell; only a whole one goes into the journal and is not measured again. */
  public void add(Cell cell, CellJson figures, boolean whole) throws IOException {
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

  /** Writes the result, single turns in {@code results} only, and returns it. */
  public JsonNode write(String timestamp, boolean keepRaw) throws IOException {
    ObjectNode json = JSON.createObjectNode().put("timestamp", timestamp);
    json.set("config", JSON.valueToTree(config));
    json.set("environment", JSON.valueToTree(environment));
    ArrayNode results = json.putArray("results");
    byCell().values().forEach(runs -> results.add(withRaw(RunMeans.of(runs), keepRaw)));
    ArrayNode runs = json.putArray("runs");
    for (JsonNode cell : cells.values()) {
      runs.add(withRaw(((ObjectNode) cell).deepCopy(), false));
    }
    AtomicFile.json(result, json);
    return json;
  }

  private static ObjectNode withRaw(ObjectNode result, boolean keepRaw) {
    if (!keepRaw) {
      result.putArray("raw_metrics");
    }
    return result;
  }

  /** Of all files, without endings. */
  Path name() {
    return name;
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
}
