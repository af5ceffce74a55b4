package io.turnpike.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * The registry's nodes as a table.
 *
 * @param console where it is shown
 */
record NodeTable(Console console) {

  /** One row a node. */
  void show(JsonNode nodes) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode node : nodes) {
      JsonNode load = node.path("load");
      rows.add(
          List.of(
              StatusCommand.text(node, "id"),
              StatusCommand.text(node, "role"),
              StatusCommand.text(node, "state"),
              StatusCommand.text(load, "running"),
              StatusCommand.text(load, "waiting"),
              load.path("kv_usage").isNumber()
                  ? percent(load.path("kv_usage").asDouble())
                  : StatusCommand.UNKNOWN,
              hitRate(load),
              models(node),
              StatusCommand.text(node, "url")));
    }
    console.table(
        List.of("NODE", "ROLE", "STATE", "RUNNING", "WAITING", "KV", "HITS", "MODELS", "URL"),
        rows);
  }

  /** Prompt tokens that the engine found in its own prefix cache, of all since it began. */
  private static String hitRate(JsonNode load) {
    long asked = load.path("prefix_query_tokens").asLong(0);
    return asked == 0
        ? StatusCommand.UNKNOWN
        : percent((double) load.path("prefix_hit_tokens").asLong(0) / asked);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  private static String models(JsonNode node) {
    List<String> models = new ArrayList<>();
    for (JsonNode model : node.path("models")) {
      models.add(model.asString());
    }
    return models.isEmpty() ? StatusCommand.UNKNOWN : String.join(",", models);
  }
}
