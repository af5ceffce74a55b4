package io.turnpike.bench.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What a run was, as a definition list. What the file does not say is left out. */
final class RunFacts {

  private final JsonNode study;
  private final StringBuilder html = new StringBuilder();

  RunFacts(JsonNode study) {
    this.study = study;
  }

  /** Whether figures are of a model, of simulated engines, or of the originals' kind: measured. */
  static String how(JsonNode study) {
    JsonNode config = study.path("config");
    String what = config.path("what").asString("");
    if (config.path("measured").asString("").equals("virtual") || what.startsWith("virtual time")) {
      return "virtual time";
    }
    return what.contains("simulated engines") ? "measured on simulated engines" : "measured";
  }

  String html() {
    JsonNode config = study.path("config");
    JsonNode environment = study.path("environment");
    fact("Measured", text(config.path("what")));
    fact("When", text(study.path("timestamp")));
    fact("Command", text(environment.path("command")));
    fact("Workloads", workloads(config.path("workloads")));
    fact(
        "Rates",
        list(config.path("qps_sweep"))
            + " turns/s, Poisson arrivals over "
            + Html.plain(config.path("duration_s").asDouble(0))
            + " s a turn");
    fact("Turns", turns(config));
    fact("Runs of a cell", runs());
    fact("Seed", text(config.path("seed")));
    fact("Client pool", pool(config.path("client_pool")));
    fact("Objective", objective(config.path("goodput")));
    fact("Warm-up", warmUp(config.path("warm_up")));
    fact("Turnpike", text(environment.path("turnpike")));
    fact("Java", text(environment.path("java")));
    fact(
        "Machine",
        environment.isObject()
            ? "%s, %s cores".formatted(text(environment.path("os")), environment.path("cores"))
            : "");
    fact("Load generator", generator());
    fact("Merged from", sources(study.path("source_files")));
    return html.toString();
  }

  private static String objective(JsonNode goodput) {
    return goodput.isString() && goodput.asString().isEmpty()
        ? "none: every success counts as good"
        : text(goodput);
  }

  private static String warmUp(JsonNode conversations) {
    return conversations.asInt(0) == 0
        ? ""
        : conversations + " conversations in each mode, not counted";
  }

  private static String sources(JsonNode files) {
    return files
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .map(JsonNode::asString)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private void fact(String name, String value) {
    if (!value.isBlank()) {
      html.append("<dt>%s</dt><dd>%s</dd>\n".formatted(name, Html.escape(value)));
    }
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() || value.isNull() ? "" : value.asString("");
  }

  private static String list(JsonNode values) {
    return values
        .valueStream()
        .map(JsonNode::toString)
        .map(v -> v.replaceFirst("\\.0$", ""))
        .collect(Collectors.joining(", "));
  }

  private String workloads(JsonNode workloads) {
    List<String> all = new ArrayList<>();
    for (JsonNode w : workloads) {
      all.add(
          "%s (%s: called %s in, %s out%s)"
              .formatted(
                  w.path("name").asString(""),
                  w.path("description").asString(""),
                  w.path("input_tokens"),
                  w.path("output_tokens"),
                  real(w.path("name").asString(""))));
    }
    return String.join("; ", all);
  }

  /** What engines counted, where the file says. */
  private String real(String workload) {
    return study
        .path("results")
        .valueStream()
        .filter(r -> r.path("workload").asString("").equals(workload))
        .filter(r -> r.path("real_input_tokens").asDouble(0) > 0)
        .findFirst()
        .map(
            r ->
                "; counted by the engines %s in, %s out"
                    .formatted(
                        Html.whole(r.path("real_input_tokens").asDouble()),
                        Html.whole(r.path("real_output_tokens").asDouble())))
        .orElse("");
  }

  private static String turns(JsonNode config) {
    if (!config.path("turns").isNumber()) {
      return "";
    }
    return switch (config.path("history").asString("")) {
      case "fresh" ->
          config.path("turns") + ", each turn's prompt new to all caches, as measured in the study";
      case "grows" -> config.path("turns") + ", each turn's prompt begins with all that was said";
      default -> config.path("turns").toString();
    };
  }

  private String runs() {
    return study
        .path("results")
        .valueStream()
        .map(r -> r.path("runs").asInt(1))
        .distinct()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  private static String pool(JsonNode pool) {
    return !pool.isNumber()
        ? ""
        : pool.asInt() == 0
            ? "none: every turn is sent when it is due"
            : pool.asInt() + " connections, shared by all";
  }

  private String generator() {
    double lag = most("lag_p99_ms");
    double cpu = most("cpu_share");
    boolean known = study.path("results").path(0).path("load_generator").isObject();
    return known && (lag > 0 || cpu > 0)
        ? "late by %s at P99 at most; %.0f %% of a core at most"
            .formatted(Html.millis(lag), 100 * cpu)
        : "";
  }

  private double most(String key) {
    return study
        .path("results")
        .valueStream()
        .mapToDouble(r -> r.path("load_generator").path(key).asDouble(0))
        .max()
        .orElse(0);
  }
}
