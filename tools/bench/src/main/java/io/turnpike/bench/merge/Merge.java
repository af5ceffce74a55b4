package io.turnpike.bench.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Several result files as one, in the shape of the original tools' {@code merged_3mode} files: the
 * later file wins where two have the same cell. Results without any sample are left out and
 * counted.
 */
public final class Merge {

  private static final JsonMapper JSON = new JsonMapper();

  private Merge() {}

  /** Result files in a folder, oldest first: those with {@code results} that are not merged. */
  public static List<Path> find(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode json = read(file);
        if (json.path("results").isArray() && !json.has("source_files")) {
          found.add(file);
        }
      }
    }
    return found;
  }

  /** Reads a file of ours or of the original tools. */
  public static JsonNode read(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (tools.jackson.core.JacksonException e) {
      throw new IOException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** The files as one. */
  public static ObjectNode merge(List<Path> files, String timestamp) throws IOException {
    ObjectNode merged = JSON.createObjectNode().put("timestamp", timestamp);
    ObjectNode results = JSON.createObjectNode();
    Set<String> split = new LinkedHashSet<>();
    Set<String> replication = new LinkedHashSet<>();
    int used = 0;
    int filtered = 0;
    for (Path file : files) {
      JsonNode json = read(file);
      configure(merged, json);
      for (JsonNode result : json.path("results")) {
        if (result.path("sample_count").asInt(0) == 0) {
          filtered++;
          continue;
        }
        used += Math.max(1, result.path("runs").asInt(1));
        Point point = Point.of(result);
        (point.mode().equals("replication") ? replication : split).add(file.toString());
        results.set(point.workload() + "@" + point.qps() + "/" + point.mode(), result);
      }
    }
    ObjectNode sources = merged.putObject("source_files");
    sources.set("pdppd", JSON.valueToTree(split));
    sources.set("replication", JSON.valueToTree(replication));
    merged.put("runs_used", used).put("runs_filtered", filtered);
    ArrayNode list = merged.putArray("results");
    results.values().forEach(list::add);
    return merged;
  }

  /** The last file's configuration and environment; workloads and rates of all of them. */
  private static void configure(ObjectNode merged, JsonNode file) {
    if (file.path("environment").isObject()) {
      merged.set("environment", file.path("environment"));
    }
    if (file.path("config") instanceof ObjectNode config) {
      JsonNode before = merged.path("config");
      ObjectNode all = config.deepCopy();
      for (String list : List.of("workloads", "qps_sweep")) {
        Set<JsonNode> values = new LinkedHashSet<>();
        before.path(list).forEach(values::add);
        config.path(list).forEach(values::add);
        all.set(list, JSON.valueToTree(values));
      }
      merged.set("config", all);
    }
  }

  /** The points of a file. */
  public static List<Point> points(JsonNode file) {
    List<Point> points = new ArrayList<>();
    file.path("results").forEach(result -> points.add(Point.of(result)));
    return points;
  }
}
