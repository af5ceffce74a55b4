package io.turnpike.bench.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Several result files as one, in the shape of the original tools' {@code merged_3mode} files: the
 * later file wins where two have the same cell, and what it replaces is counted. Results without
 * any sample are left out and counted. Files of other kinds, and live beside virtual results, are
 * refused: their figures must not stand for each other.
 */
public final class Merge {

  private static final JsonMapper JSON = new JsonMapper();

  private Merge() {}

  /** A result file. */
  record Source(Path file, JsonNode json) {

    private static final String VIRTUAL = "virtual";

    static Source of(Path file) throws IOException {
      return new Source(file, read(file));
    }

    /** Whether it is one of {@code bench qps}, or of the original tools. */
    boolean isStudy() {
      JsonNode first = json.path("results").path(0);
      return first.has("workload") && first.has("target_qps") && first.has("mode");
    }

    boolean isMerged() {
      return json.has("source_files");
    }

    /** Virtual or live; the original tools measured servers. */
    String measured() {
      JsonNode config = json.path("config");
      boolean virtual =
          config.path("measured").asString("").equals(VIRTUAL)
              || config.path("what").asString("").startsWith(VIRTUAL);
      return virtual ? VIRTUAL : "live";
    }

    boolean has(Kind kind) {
      return json.path("results")
          .valueStream()
          .anyMatch(result -> Kind.of(Point.of(result)) == kind);
    }

    String time() {
      return json.path("timestamp").asString("");
    }
  }

  /** What the original tools measured apart. */
  enum Kind {
    SPLIT,
    REPLICATION;

    static Kind of(Point point) {
      return point.mode().equals("replication") ? REPLICATION : SPLIT;
    }
  }

  /**
   * The latest files in a folder that together have every kind: the latest one with split modes and
   * the latest one with replication, which may be the same. Virtual or live is what the latest of
   * all is. In the order of their times.
   */
  public static List<Path> latest(Path folder) throws IOException {
    List<Source> found = new ArrayList<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        Source source = Source.of(file);
        if (source.isStudy() && !source.isMerged()) {
          found.add(source);
        }
      }
    }
    found.sort(Comparator.comparing(Source::time));
    Set<Source> taken = new LinkedHashSet<>();
    for (Kind kind : Kind.values()) {
      found.reversed().stream()
          .filter(s -> s.measured().equals(found.getLast().measured()) && s.has(kind))
          .findFirst()
          .ifPresent(taken::add);
    }
    return found.stream().filter(taken::contains).map(Source::file).toList();
  }

  /** Reads a file of ours or of the original tools. */
  public static JsonNode read(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** The files as one. */
  public static ObjectNode merge(List<Path> files, String timestamp) throws IOException {
    List<Source> sources = sources(files);
    ObjectNode merged = JSON.createObjectNode().put("timestamp", timestamp);
    Map<String, JsonNode> results = new LinkedHashMap<>();
    Map<Kind, Set<String>> names = new LinkedHashMap<>();
    int filtered = 0;
    int replaced = 0;
    for (Source source : sources) {
      configure(merged, source.json());
      for (JsonNode result : source.json().path("results")) {
        if (result.path("sample_count").asInt(0) == 0) {
          filtered++;
          continue;
        }
        Point point = Point.of(result);
        names
            .computeIfAbsent(Kind.of(point), kind -> new LinkedHashSet<>())
            .add(source.file().toString());
        JsonNode before =
            results.put(point.workload() + "@" + point.qps() + "/" + point.mode(), result);
        replaced += before == null ? 0 : runs(before);
      }
    }
    ObjectNode by = merged.putObject("source_files");
    by.set("pdppd", JSON.valueToTree(names.getOrDefault(Kind.SPLIT, Set.of())));
    by.set("replication", JSON.valueToTree(names.getOrDefault(Kind.REPLICATION, Set.of())));
    merged.put("runs_used", results.values().stream().mapToInt(Merge::runs).sum());
    merged.put("runs_replaced", replaced).put("runs_filtered", filtered);
    merged.set("differences", JSON.valueToTree(differences(sources)));
    ArrayNode list = merged.putArray("results");
    results.values().forEach(list::add);
    return merged;
  }

  private static int runs(JsonNode result) {
    return Math.max(1, result.path("runs").asInt(1));
  }

  private static List<Source> sources(List<Path> files) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Path file : files) {
      Source source = Source.of(file);
      if (!source.isStudy()) {
        throw new IllegalArgumentException(
            "%s: not a study (expected: a file of bench qps, bench merge or the original tools)"
                .formatted(file));
      }
      if (!sources.isEmpty() && !sources.getFirst().measured().equals(source.measured())) {
        throw new IllegalArgumentException(
            "%s is %s and %s %s (expected: all measured on servers, or all in virtual time)"
                .formatted(
                    sources.getFirst().file(),
                    sources.getFirst().measured(),
                    file,
                    source.measured()));
      }
      sources.add(source);
    }
    return sources;
  }

  /** What of their conditions differs between files, in words; they are merged all the same. */
  private static List<String> differences(List<Source> sources) {
    List<String> differences = new ArrayList<>();
    for (String key : List.of("what", "duration_s", "turns", "history", "seed", "client_pool")) {
      Set<String> values = new LinkedHashSet<>();
      for (Source source : sources) {
        JsonNode value = source.json().path("config").path(key);
        if (!value.isMissingNode()) {
          values.add(value.isString() ? value.asString() : value.toString());
        }
      }
      if (values.size() > 1) {
        differences.add(key + ": " + String.join(" | ", values));
      }
    }
    return differences;
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
