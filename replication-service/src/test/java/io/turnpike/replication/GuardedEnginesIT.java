package io.turnpike.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import io.turnpike.membership.ClusterSource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Engines behind {@code --api-key}, each with a model of its own. */
class GuardedEnginesIT {

  private static final String ENGINE_KEY = "engines-only";

  @Test
  void models_areListed_andTurnsGoToTheEngineThatServesTheirs() {
    try (Guarded small = new Guarded("small");
        Guarded large = new Guarded("large");
        RunningGateway gateway = gateway(small, large, ENGINE_KEY)) {
      JsonNode data =
          JsonMapper.shared().readTree(Wire.get(gateway.port(), "/v1/models").body()).path("data");
      assertThat(data.valueStream().map(model -> model.path("id").asString()))
          .containsExactlyInAnyOrder("small", "large");
      assertThat(data.path(0).has("max_model_len")).as("as its engine describes it").isTrue();
      for (String model : List.of("small", "large", "small", "large")) {
        Answer answer = turn(gateway, model);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-turnpike-decode")).isEqualTo(model);
      }
    }
  }

  @Test
  void engines_stayUsable_whenTheKeyIsNotTheirs_butTheirModelsAreNotKnown() {
    try (Guarded small = new Guarded("small");
        Guarded large = new Guarded("large");
        RunningGateway gateway = gateway(small, large, "another")) {
      assertThat(gateway.bean(ClusterSource.class).current().nodes())
          .allSatisfy(node -> assertThat(node.models()).isEmpty());
      assertThat(Wire.get(gateway.port(), "/v1/models").body())
          .isEqualTo("{\"object\":\"list\",\"data\":[]}");
      assertThat(turn(gateway, "small").status()).as("the engine's own answer").isEqualTo(401);
    }
  }

  private static RunningGateway gateway(Guarded small, Guarded large, String key) {
    return RunningGateway.startReady(
        ReplicationApplication.class,
        "turnpike.engine.api-key=" + key,
        "turnpike.cluster.replica-urls=" + small.listed() + "," + large.listed());
  }

  private static Answer turn(RunningGateway gateway, String model) {
    return Wire.post(
        gateway.port(),
        "/v1/chat/completions",
        "{\"model\":\"%s\",\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
            .formatted(model));
  }

  /** As vLLM with {@code --api-key}: only what is under {@code /v1} is guarded. */
  private static final class Guarded implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(5);

    private final String model;
    private final DisposableServer server;

    Guarded(String model) {
      this.model = model;
      server =
          HttpServer.create()
              .host("127.0.0.1")
              .port(0)
              .route(
                  routes ->
                      routes
                          .get("/health", (_, response) -> response.send())
                          .get("/v1/models", (asked, response) -> guard(asked, response, models()))
                          .post(
                              "/v1/chat/completions",
                              (asked, response) -> guard(asked, response, ScriptedEngine.ANSWER)))
              .bindNow(BOUND);
    }

    private String models() {
      return "{\"object\":\"list\",\"data\":[{\"id\":\"%s\",\"max_model_len\":64}]}"
          .formatted(model);
    }

    private static Publisher<Void> guard(
        HttpServerRequest asked, HttpServerResponse response, String answer) {
      boolean shown = ("Bearer " + ENGINE_KEY).equals(asked.requestHeaders().get("authorization"));
      return response
          .status(shown ? 200 : 401)
          .header("content-type", "application/json")
          .sendString(Mono.just(shown ? answer : "{\"error\":\"Unauthorized\"}"));
    }

    String listed() {
      return model + "=http://127.0.0.1:" + server.port();
    }

    @Override
    public void close() {
      server.disposeNow(BOUND);
    }
  }
}
