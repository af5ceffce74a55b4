package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeState;
import io.turnpike.registry.RunningRegistry.Answer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP surface over real engines. */
class NodesIT {

  private static final TestEngine LISTED = TestEngine.start();
  private static final RunningRegistry REGISTRY =
      RunningRegistry.start(
          "--turnpike.registry.nodes[0].id=p0",
          "--turnpike.registry.nodes[0].role=prefill",
          "--turnpike.registry.nodes[0].url=" + LISTED.url(),
          "--turnpike.registry.lease=1s",
          "--turnpike.registry.probe-interval=100ms");

  @AfterAll
  static void close() {
    REGISTRY.close();
    LISTED.close();
  }

  @Test
  void listedNode_isReady_withLoadVersionAndEpoch() {
    Eventually.until("ready", () -> REGISTRY.is("p0", NodeState.READY));
    Answer answer = REGISTRY.call("GET", "/v1/nodes", null);
    assertThat(answer.status()).isEqualTo(200);
    var node = answer.body().path("nodes").path(0);
    assertThat(node.path("id").asString()).isEqualTo("p0");
    assertThat(node.path("role").asString()).isEqualTo("prefill");
    assertThat(node.path("connector").asString()).isEqualTo("nixl");
    assertThat(node.path("state").asString()).isEqualTo("ready");
    assertThat(node.path("epoch").asString()).startsWith("s");
    assertThat(node.path("version").asString()).isEqualTo("0.32.0");
    assertThat(node.path("models").path(0).asString()).isEqualTo("tiny");
    assertThat(node.path("load").path("running").asInt()).isEqualTo(3);
    assertThat(node.path("load").path("at").isString()).isTrue();
  }

  @Test
  void registration_holdsWhileItsHeartbeatsCome() {
    try (TestEngine engine = TestEngine.start()) {
      Answer answer =
          REGISTRY.call(
              "PUT",
              "/v1/nodes/d1",
              "{\"role\":\"decode\",\"url\":\"%s\",\"engine_id\":\"e1\"}".formatted(engine.url()));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body().path("lease_seconds").asDouble()).isEqualTo(1.0);
      Eventually.until(
          "ready",
          () ->
              REGISTRY.call("POST", "/v1/nodes/d1/heartbeat", null).status() == 200
                  && REGISTRY.is("d1", NodeState.READY));
      assertThat(Objects.requireNonNull(REGISTRY.node("d1")).epoch())
          .isEqualTo(new Epoch("s1795221502.37-e1"));
      Eventually.until("left without heartbeat", () -> REGISTRY.node("d1") == null);
      assertThat(REGISTRY.call("POST", "/v1/nodes/d1/heartbeat", null).status()).isEqualTo(404);
    }
  }

  @Test
  void drain_takesOut_undrainPutsBack_deleteRemoves() {
    try (TestEngine engine = TestEngine.start();
        RunningRegistry registry =
            RunningRegistry.start(
                "--turnpike.registry.nodes[0].id=r",
                "--turnpike.registry.nodes[0].role=replica",
                "--turnpike.registry.nodes[0].url=" + engine.url())) {
      Eventually.until("ready", () -> registry.is("r", NodeState.READY));
      assertThat(state(registry.call("POST", "/v1/nodes/r/drain", null))).isEqualTo("draining");
      assertThat(registry.gauge("turnpike.registry.node.state", "draining")).isEqualTo(1);
      assertThat(registry.gauge("turnpike.registry.node.state", "ready")).isZero();
      assertThat(state(registry.call("POST", "/v1/nodes/r/undrain", null))).isEqualTo("ready");
      assertThat(registry.call("DELETE", "/v1/nodes/r", null).status()).isEqualTo(200);
      assertThat(registry.call("GET", "/v1/nodes/r", null).status()).isEqualTo(404);
    }
  }

  @Test
  void failureReport_asksAtOnce_andThoseOfTwoGatewaysMakeSuspect() {
    try (TestEngine engine = TestEngine.start();
        RunningRegistry registry =
            RunningRegistry.start(
                "--turnpike.registry.nodes[0].id=r",
                "--turnpike.registry.nodes[0].role=replica",
                "--turnpike.registry.nodes[0].url=" + engine.url(),
                "--turnpike.registry.probe-interval=60s")) {
      Eventually.until("ready", () -> registry.is("r", NodeState.READY));
      String path = "/v1/nodes/r/failures";
      String epoch = "{\"epoch\":\"s1795221502.37\",\"what\":\"refused\"";
      String one = epoch + ",\"gateway\":\"g1\"}";
      String other = epoch + ",\"gateway\":\"g2\"}";
      for (int i = 0; i < 20; i++) {
        assertThat(state(registry.call("POST", path, one))).as("of one alone").isEqualTo("ready");
      }
      Eventually.until( // a good answer in between forgets the first report
          "suspect; two gateways report it",
          () -> {
            registry.call("POST", path, one);
            return state(registry.call("POST", path, other)).equals("suspect");
          });
      Eventually.until(
          "ready again; a report asks at once",
          () -> {
            registry.call("POST", path, other);
            return registry.is("r", NodeState.READY);
          });
      engine.answerHealthWith(503);
      Eventually.until(
          "suspect; one report and one bad probe",
          () -> {
            registry.call("POST", path, other);
            return registry.is("r", NodeState.SUSPECT);
          });
      engine.answerHealthWith(200);
      Eventually.until(
          "ready again",
          () -> {
            registry.call("POST", path, other);
            return registry.is("r", NodeState.READY);
          });
      String stale = "{\"epoch\":\"s1\",\"what\":\"refused\"}";
      assertThat(state(registry.call("POST", path, stale))).isEqualTo("ready");
    }
  }

  @Test
  void restart_isSeen_whenNoProbeFailed() {
    try (TestEngine engine = TestEngine.start();
        RunningRegistry registry =
            RunningRegistry.start(
                "--turnpike.registry.nodes[0].id=r",
                "--turnpike.registry.nodes[0].role=replica",
                "--turnpike.registry.nodes[0].url=" + engine.url(),
                "--turnpike.registry.probe-interval=100ms")) {
      Eventually.until("ready", () -> registry.is("r", NodeState.READY));
      engine.restart("1795221600.5");
      Eventually.until(
          "another epoch",
          () ->
              registry.is("r", NodeState.READY)
                  && Objects.requireNonNull(registry.node("r"))
                      .epoch()
                      .equals(new Epoch("s1795221600.5")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT /v1/nodes/x | {} | 400 | role",
        "PUT /v1/nodes/x | [] | 400 | body",
        "PUT /v1/nodes/x | {\"role\": | 400 | body",
        "PUT /v1/nodes/x | | 400 | body",
        "PUT /v1/nodes/x | {\"role\":\"boss\",\"url\":\"http://127.0.0.1:1\"} | 400 | role",
        "PUT /v1/nodes/x | {\"role\":7,\"url\":\"http://127.0.0.1:1\"} | 400 | role",
        "PUT /v1/nodes/x | {\"role\":\"decode\"} | 400 | url",
        "PUT /v1/nodes/x | {\"role\":\"decode\",\"url\":\"127.0.0.1:1\"} | 400 | url",
        "PUT /v1/nodes/x | {\"role\":\"decode\",\"url\":\"http://10.0.0.1:1\"} | 400 | url",
        "PUT /v1/nodes/x | {\"role\":\"decode\",\"url\":\"http://169.254.169.254\"} | 400 | url",
        "PUT /v1/nodes/x |"
            + " {\"role\":\"decode\",\"url\":\"http://127.0.0.1:1\",\"connector\":\"rdma\"} | 400 |"
            + " connector",
        "PUT /v1/nodes/x |"
            + " {\"role\":\"decode\",\"url\":\"http://127.0.0.1:1\",\"connector\":\"p2p-nccl\"} |"
            + " 400 | zmq_address",
        "PUT /v1/nodes/x | {\"role\":\"decode\",\"url\":\"http://127.0.0.1:1\",\"rank\":1} | 400 |"
            + " rank",
        "PUT /v1/nodes/x |"
            + " {\"role\":\"decode\",\"url\":\"http://127.0.0.1:1\",\"engine_id\":\"a b\"} | 400 |"
            + " engine_id",
        "PUT /v1/nodes/a%20b | {} | 400 |",
        "POST /v1/nodes/p0/failures | {} | 400 | epoch",
        "GET /v1/nodes/nobody | | 404 | id",
        "POST /v1/nodes/nobody/drain | | 404 | id",
        "POST /v1/nodes/nobody/undrain | | 404 | id",
        "DELETE /v1/nodes/nobody | | 404 | id",
        "GET /nowhere | | 404 |",
        "POST /v1/nodes | {} | 405 |",
        "PATCH /v1/nodes/p0 | {} | 405 |",
        "GET /v1/nodes/p0/drain | | 405 |"
      })
  void badInput_isAnsweredWithItsStatusAndAnError(
      String line, @Nullable String body, int status, @Nullable String param) {
    String method = line.substring(0, line.indexOf(' '));
    Answer answer = REGISTRY.call(method, line.substring(line.indexOf(' ') + 1), body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.error("message")).contains("expected");
    assertThat(answer.error("type")).isNotEmpty();
    assertThat(answer.error("code")).isNotEmpty();
    if (param != null) {
      assertThat(answer.error("param")).isEqualTo(param);
    }
  }

  @Test
  void anotherNodeForTheSameEngine_isAConflict() {
    String body = "{\"role\":\"prefill\",\"url\":\"%s\"}".formatted(LISTED.url());
    assertThat(REGISTRY.call("PUT", "/v1/nodes/other", body).status()).isEqualTo(409);
  }

  @Test
  void tooLargeABody_is413() {
    assertThat(REGISTRY.call("PUT", "/v1/nodes/x", " ".repeat(100_000)).status()).isEqualTo(413);
  }

  @Test
  void writes_needTheAdminKey_onceThereIsOne() {
    try (RunningRegistry registry = RunningRegistry.start("--turnpike.registry.admin-key=secret")) {
      assertThat(registry.call("GET", "/v1/nodes", null).status()).isEqualTo(200);
      Answer refused = registry.call("POST", "/v1/nodes/x/drain", null);
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.error("type")).isEqualTo("authentication_error");
      assertThat(refused.error("message")).contains("Bearer and the admin key");
      assertThat(
              registry
                  .call("POST", "/v1/nodes/x/drain", null, "Authorization", "Bearer secre")
                  .status())
          .isEqualTo(401);
      assertThat(
              registry
                  .call("POST", "/v1/nodes/x/drain", null, "Authorization", "Bearer secret")
                  .status())
          .isEqualTo(404);
    }
  }

  @Test
  void modelsOfAGuardedEngine_areKnown_withItsKey() {
    try (TestEngine guarded = TestEngine.start()) {
      guarded.demand("engines-only");
      assertThat(models(guarded, "engines-only")).containsExactly("tiny");
      assertThat(models(guarded, "another")).isEmpty();
    }
  }

  private static List<String> models(TestEngine engine, String key) {
    try (RunningRegistry registry =
        RunningRegistry.start(
            "--turnpike.engine.api-key=" + key,
            "--turnpike.registry.nodes[0].id=r0",
            "--turnpike.registry.nodes[0].role=replica",
            "--turnpike.registry.nodes[0].url=" + engine.url())) {
      Eventually.until("ready", () -> registry.is("r0", NodeState.READY));
      return Objects.requireNonNull(registry.node("r0")).models();
    }
  }

  @Test
  void writes_fromWebPages_areRefusedWithoutAnAdminKey() {
    assertThat(
            REGISTRY
                .call("POST", "/v1/nodes/p0/drain", null, "Origin", "http://evil.example")
                .status())
        .isEqualTo(403);
  }

  @Test
  void readiness_saysThatTheSocketIsBound() {
    Answer answer = REGISTRY.manage("/actuator/health/readiness");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("components").path("registry").path("status").asString())
        .isEqualTo("UP");
    assertThat(REGISTRY.manage("/actuator/health/liveness").status()).isEqualTo(200);
  }

  private static String state(Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    return answer.body().path("state").asString();
  }
}
