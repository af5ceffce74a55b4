package io.turnpike.bench.sweep;

import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.ResultJson;
import io.turnpike.bench.run.LoadConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A sweep's files: for each point a CSV in the original tool's columns and, beside it, a JSON with
 * everything that it was measured with. A point is taken up again only if all of that is the same;
 * else it gets files of its own, {@code …_2} and so on, and nothing is overwritten.
 */
final class SweepFolder {

  /** What a grid varies; all else must be the same for points to stand in one picture. */
  private static final List<String> GRID =
      List.of("model", "concurrency", "prompt_tokens", "max_tokens");

  private final Path folder;

  SweepFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Where a point is or will be.
   *
   * @param done the point as it stands in its file; null if it has to be measured
   * @param others files of the same name's beginning that were measured otherwise
   */
  record Place(Path json, @Nullable JsonNode done, List<Path> others) {}

  /** Where the point of a load belongs. */
  Place place(LoadConfig asked, ServerFacts server) throws IOException {
    List<Path> others = new ArrayList<>();
    for (int number = 1; ; number++) {
      Path json = folder.resolve(name(asked) + (number == 1 ? "" : "_" + number) + ".json");
      if (!Files.exists(json) && !Files.exists(csv(json))) {
        return new Place(json, null, others);
      }
      JsonNode found = read(json);
      if (found != null && isSame(found, asked, server)) {
        return new Place(json, found, others);
      }
      others.add(csv(json));
    }
  }

  /** Writes a point that was measured. */
  JsonNode write(Path json, SweepPoint point) throws IOException {
    AtomicFile.write(csv(json), point.csv());
    AtomicFile.json(json, point);
    return ResultJson.MAPPER.valueToTree(point);
  }

  /** All points that differ from this load in the grid only, by their names. */
  List<JsonNode> comparable(LoadConfig asked, ServerFacts server) throws IOException {
    List<JsonNode> points = new ArrayList<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode found = read(file);
        if (found != null && withoutGrid(found).equals(withoutGrid(conditions(asked, server)))) {
          points.add(found);
        }
      }
    }
    return points;
  }

  private static boolean isSame(JsonNode found, LoadConfig asked, ServerFacts server) {
    JsonNode now = conditions(asked, server);
    return found.path("asked").equals(now.path("asked"))
        && found.path("server").equals(now.path("server"));
  }

  /** Read back from text, so that numbers are of the types that a file's have. */
  private static JsonNode conditions(LoadConfig asked, ServerFacts server) {
    ObjectNode both = ResultJson.MAPPER.createObjectNode();
    both.set("asked", ResultJson.MAPPER.valueToTree(asked));
    both.set("server", ResultJson.MAPPER.valueToTree(server));
    return ResultJson.MAPPER.readTree(both.toString());
  }

  private static JsonNode withoutGrid(JsonNode point) {
    ObjectNode both = ResultJson.MAPPER.createObjectNode();
    both.set("server", point.path("server"));
    if (point.path("asked") instanceof ObjectNode asked) {
      both.set("asked", asked.deepCopy().remove(GRID));
    }
    return both;
  }

  private static @Nullable JsonNode read(Path json) throws IOException {
    if (!Files.exists(json)) {
      return null;
    }
    try {
      JsonNode found = ResultJson.MAPPER.readTree(Files.readString(json));
      return found.path("figures").has("aggregate_throughput") ? found : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static Path csv(Path json) {
    return json.resolveSibling(json.getFileName().toString().replaceAll("\\.json$", ".csv"));
  }

  /** As the original tool names its runs. */
  private static String name(LoadConfig asked) {
    return "run_%s_c%d_p%d_o%d"
        .formatted(
            asked.model().replaceAll("[^\\w.-]", "_"),
            asked.concurrency(),
            asked.promptTokens(),
            asked.maxTokens());
  }
}
