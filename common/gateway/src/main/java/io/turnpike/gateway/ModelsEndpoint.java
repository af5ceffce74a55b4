package io.turnpike.gateway;

import io.turnpike.caller.Caller;
import io.turnpike.caller.Callers;
import io.turnpike.control.ControlRoutes;
import io.turnpike.error.ApiError;
import io.turnpike.membership.EngineHttp;
import io.turnpike.node.Node;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET /v1/models}: the union over ready nodes, each model as its engine describes it.
 * Engines are asked at most every five seconds, one for each set of models that the node table
 * shows; one that does not answer takes nothing away from the others.
 */
final class ModelsEndpoint {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final int MAX_ASKED = 16;
  private static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;

  private final Supplier<List<Node>> answering;
  private final EngineHttp engines;
  private final JsonMapper json;
  private final Callers callers;
  private final Mono<Map<String, JsonNode>> models;

  /**
   * @param answering the nodes that answer turns now: what others serve cannot be had here
   */
  ModelsEndpoint(
      Callers callers, Supplier<List<Node>> answering, EngineHttp engines, JsonMapper json) {
    this.callers = callers;
    this.answering = answering;
    this.engines = engines;
    this.json = json;
    this.models =
        Mono.defer(this::ask).cacheInvalidateWhen(all -> Mono.delay(FRESH).then(), all -> {});
  }

  void addTo(ControlRoutes routes) {
    routes.get(
        "/v1/models",
        request -> {
          Caller caller = caller(request.headers().header(HttpHeaders.AUTHORIZATION));
          return models.flatMap(
              all ->
                  ServerResponse.ok()
                      .contentType(MediaType.APPLICATION_JSON)
                      .bodyValue(shown(all, caller)));
        });
  }

  /** Two headers are none. */
  private Caller caller(List<String> shown) {
    Caller caller =
        callers.areListed() && shown.size() > 1
            ? null
            : callers.find(shown.isEmpty() ? null : shown.getFirst());
    if (caller == null) {
      throw ApiError.unauthorized("a key of this gateway").toException();
    }
    return caller;
  }

  private Mono<Map<String, JsonNode>> ask() {
    return Flux.fromIterable(oneForEachSet())
        .flatMap(this::ask, MAX_ASKED)
        .collectList()
        .map(ModelsEndpoint::union);
  }

  /** One ready node for each list of models. */
  private Collection<Node> oneForEachSet() {
    Map<List<String>, Node> chosen = new LinkedHashMap<>();
    for (Node node : answering.get()) {
      if (chosen.size() < MAX_ASKED) {
        chosen.putIfAbsent(node.models(), node);
      }
    }
    if (chosen.isEmpty()) {
      throw ApiError.noNode().toException();
    }
    return chosen.values();
  }

  private Mono<JsonNode> ask(Node node) {
    return engines
        .get(node.url(), "/v1/models", MAX_ANSWER_BYTES)
        .filter(EngineHttp.Answer::isOk)
        .map(said -> json.readTree(said.body()))
        .timeout(PATIENCE)
        .onErrorComplete()
        .switchIfEmpty(Mono.fromSupplier(() -> asTheTableSays(node)));
  }

  private JsonNode asTheTableSays(Node node) {
    ObjectNode said = json.createObjectNode();
    ArrayNode data = said.putArray("data");
    for (String model : node.models()) {
      data.addObject().put("id", model).put("object", "model").put("owned_by", "vllm");
    }
    return said;
  }

  private static Map<String, JsonNode> union(List<JsonNode> answers) {
    Map<String, JsonNode> models = new LinkedHashMap<>();
    for (JsonNode said : answers) {
      for (JsonNode model : said.path("data")) {
        models.putIfAbsent(model.path("id").asString(), model);
      }
    }
    return models;
  }

  /** Those that a caller may use. */
  private byte[] shown(Map<String, JsonNode> models, Caller caller) {
    ObjectNode all = json.createObjectNode();
    all.put("object", "list");
    ArrayNode data = all.putArray("data");
    models.forEach(
        (name, model) -> {
          if (caller.mayUse(name)) {
            data.add(model);
          }
        });
    return json.writeValueAsBytes(all);
  }
}
