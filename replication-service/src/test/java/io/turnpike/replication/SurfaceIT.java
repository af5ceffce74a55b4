package io.turnpike.replication;

import static io.turnpike.fixtures.gateway.ScriptedEngine.says;
import static io.turnpike.replication.TwoReplicas.A;
import static io.turnpike.replication.TwoReplicas.B;
import static io.turnpike.replication.TwoReplicas.SERVICE;
import static io.turnpike.replication.TwoReplicas.chat;
import static io.turnpike.replication.TwoReplicas.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The control endpoints, with the field names of the study's own tools. */
@ExtendWith(LeakWatch.class)
class SurfaceIT {

  @BeforeEach
  void reset() {
    TwoReplicas.reset();
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    TwoReplicas.awaitIdle();
  }

  @Test
  void status_hasTheStudysNames_andOurs() {
    SERVICE.receipt(chat().turn(""));
    JsonNode status = get("/status");
    assertThat(status.propertyNames())
        .containsExactly("mode", "workers", "total_requests", "conversations", "redis", "limits");
    assertThat(status.path("mode").asString()).isEqualTo("replication");
    assertThat(status.path("total_requests").asInt()).isEqualTo(1);
    assertThat(status.path("conversations").asInt()).isEqualTo(1);
    assertThat(status.path("redis").asString()).isEqualTo("none");
    assertThat(status.path("workers").valueStream().map(worker -> worker.path("id").asString()))
        .containsExactly("a", "b");
    JsonNode worker = status.path("workers").get(0);
    assertThat(worker.path("state").asString()).isEqualTo("ready");
    assertThat(A.listed()).isEqualTo("a=" + worker.path("url").asString());
    assertThat(worker.path("inflight_turns").asInt(-1)).isZero();
    assertThat(worker.path("inflight_tokens").asInt(-1)).isZero();
  }

  @Test
  void streams_areCounted_withTheirTokens() {
    Answer answer = chat().turn("\"stream\":true");
    assertThat(answer.events()).last().isEqualTo("[DONE]");
    SERVICE.receipt(answer);
    assertThat(get("/status").path("total_requests").asInt()).isEqualTo(1);
    JsonNode one = get("/metrics").get(0);
    assertThat(one.propertyNames())
        .contains(
            "request_id",
            "mode",
            "turn",
            "worker",
            "conv_hash",
            "total_time_ms",
            "worker_time_ms",
            "proxy_overhead_ms",
            "prompt_tokens",
            "completion_tokens",
            "timestamp");
    assertThat(one.path("prompt_tokens").asInt()).isEqualTo(9);
    assertThat(one.path("completion_tokens").asInt()).isEqualTo(2);
    assertThat(one.path("worker").asString()).isEqualTo(answer.header("x-turnpike-decode"));
  }

  @Test
  void summary_countsTurnsAndWorkers_andAddsUp() {
    TwoReplicas.Chat chat = chat();
    String worker = chat.turn("").header("x-turnpike-decode");
    chat.turn("\"stream\":true");
    SERVICE.receipt(chat.turn(""));
    SERVICE.receipt(3);
    JsonNode summary = get("/metrics/summary");
    assertThat(summary.propertyNames())
        .containsExactly(
            "total_requests",
            "worker0_requests",
            "worker1_requests",
            "turn1_requests",
            "turn2_requests",
            "avg_total_ms",
            "avg_worker_ms",
            "avg_overhead_ms",
            "not_answered");
    assertThat(summary.path("total_requests").asInt()).isEqualTo(3);
    assertThat(summary.path("worker0_requests").asInt()).isEqualTo(worker.equals("a") ? 3 : 0);
    assertThat(summary.path("worker1_requests").asInt()).isEqualTo(worker.equals("b") ? 3 : 0);
    assertThat(summary.path("turn1_requests").asInt()).isEqualTo(1);
    assertThat(summary.path("turn2_requests").asInt()).isEqualTo(2);
    assertThat(summary.path("avg_total_ms").asDouble())
        .isCloseTo(
            summary.path("avg_worker_ms").asDouble() + summary.path("avg_overhead_ms").asDouble(),
            within(0.01));
  }

  @Test
  void conversations_areListed_andTheIndexNamesThePath() {
    SERVICE.receipt(chat().turn(""));
    JsonNode listed = get("/conversations");
    assertThat(listed.path("count").asInt()).isEqualTo(1);
    assertThat(listed.path("conversations").iterator().next().path("turns").asInt()).isEqualTo(1);
    assertThat(get("/").path("control").toString()).contains("GET /conversations", "GET /status");
  }

  @Test
  void clearing_tellsHowMany_andForgets() {
    SERVICE.receipt(chat().turn(""));
    SERVICE.receipt(chat().turn(""));
    assertThat(Wire.post(SERVICE.port(), "/metrics/clear", "").body()).isEqualTo("{\"cleared\":2}");
    assertThat(get("/metrics").size()).isZero();
    assertThat(get("/metrics/summary").path("total_requests").asInt(-1)).isZero();
    assertThat(get("/status").path("conversations").asInt()).isEqualTo(2);
    assertThat(Wire.post(SERVICE.port(), "/conversations/clear", "").body())
        .isEqualTo("{\"cleared\":2}");
    assertThat(get("/status").path("conversations").asInt(-1)).isZero();
  }

  @Test
  void engines4xx_isPassedOn_andNotRunAgain() {
    A.next(says(422, "application/json", "{\"error\":\"no\"}"));
    B.next(says(422, "application/json", "{\"error\":\"no\"}"));
    Answer answer = chat().turn("");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body()).isEqualTo("{\"error\":\"no\"}");
    assertThat(A.seen().size() + B.seen().size()).isEqualTo(1);
    SERVICE.receipt(answer);
    assertThat(get("/metrics").size()).isZero();
    assertThat(get("/metrics/summary").path("not_answered").path("refused").asInt()).isEqualTo(1);
  }

  @Test
  void models_areTheUnion_andMetricsAreThereForPrometheus() {
    SERVICE.receipt(chat().turn(""));
    assertThat(get("/v1/models").path("data").size()).isEqualTo(1);
    assertThat(Wire.get(SERVICE.managementPort(), "/actuator/prometheus").body())
        .contains("turnpike_turns_total{", "route=\"replica\"");
    assertThat(Wire.post(SERVICE.port(), "/mode/pd", "").status()).isEqualTo(404);
  }
}
