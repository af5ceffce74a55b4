package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ANSWER;
import static io.turnpike.proxy.OnePair.CHAT;
import static io.turnpike.proxy.OnePair.D;
import static io.turnpike.proxy.OnePair.KEY;
import static io.turnpike.proxy.OnePair.P;
import static io.turnpike.proxy.OnePair.PROXY;
import static io.turnpike.proxy.OnePair.body;
import static io.turnpike.proxy.OnePair.post;
import static io.turnpike.proxy.OnePair.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The control endpoints, as people and tools see them. */
@ExtendWith(LeakWatch.class)
class ControlIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @BeforeEach
  void reset() {
    OnePair.reset();
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    OnePair.awaitIdle();
  }

  @Test
  void controlEndpoints_needTheKey_andTurnsDoNot() {
    for (String path : List.of("/mode", "/status", "/receipts", "/conversations", "/metrics")) {
      Answer without = Wire.get(PROXY.port(), path);
      assertThat(without.status()).as(path).isEqualTo(401);
      assertThat(without.body()).contains("\"invalid_api_key\"");
      assertThat(Wire.get(PROXY.port(), path, "authorization: Bearer let-me-i").status())
          .isEqualTo(401);
      assertThat(Wire.get(PROXY.port(), path, KEY).status()).as(path).isEqualTo(200);
    }
    assertThat(Wire.post(PROXY.port(), "/mode/ppd", "").status()).isEqualTo(401);
    assertThat(Wire.get(PROXY.port(), "/v1/models").status()).isEqualTo(200);
    assertThat(post(body("")).status()).isEqualTo(200);
  }

  @Test
  void index_namesEveryPath() {
    JsonNode index = get("/");
    assertThat(index.path("turns").toString()).contains("POST " + CHAT);
    List<String> control =
        index.path("control").valueStream().map(JsonNode::asString).sorted().toList();
    assertThat(control)
        .containsExactly(
            "GET /",
            "GET /conversations",
            "GET /health",
            "GET /metrics",
            "GET /metrics/summary",
            "GET /mode",
            "GET /receipts",
            "GET /receipts/refused",
            "GET /receipts/{id}",
            "GET /status",
            "GET /v1/models",
            "POST /conversations/clear",
            "POST /metrics/clear",
            "POST /mode/{mode}");
    control.stream()
        .filter(path -> path.startsWith("GET ") && !path.contains("{"))
        .forEach(
            path ->
                assertThat(Wire.get(PROXY.port(), path.substring(4), KEY).status())
                    .as(path)
                    .isEqualTo(200));
  }

  @Test
  void numbers_areWrittenForPeople() {
    post(body("\"session_id\":\"plain\""), "x-turnpike-mode: ppd");
    PROXY.receipt(post(body("")));
    for (String path : List.of("/conversations", "/metrics", "/metrics/summary", "/receipts")) {
      assertThat(Wire.get(PROXY.port(), path, KEY).body())
          .as(path)
          .doesNotContainPattern("[0-9]E[0-9]")
          .doesNotContainPattern("\\.[0-9]{4}");
    }
  }

  @Test
  void mode_isToldAndSwitched_inTheStudysWords() {
    assertThat(get("/mode").propertyNames()).contains("mode", "conversations");
    assertThat(get("/mode").path("mode").asString()).isEqualTo("pd");
    JsonNode switched = JSON.readTree(Wire.post(PROXY.port(), "/mode/ppd", "", KEY).body());
    assertThat(switched.path("mode").asString()).isEqualTo("ppd");
    assertThat(switched.path("previous").asString()).isEqualTo("pd");
    Wire.post(PROXY.port(), "/mode/pd", "", KEY);
    Answer wrong = Wire.post(PROXY.port(), "/mode/fast", "", KEY);
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.body()).contains("\"error\"", "fast");
  }

  @Test
  void conversations_areCountedListedAndCleared() {
    Wire.post(PROXY.port(), "/conversations/clear", "", KEY);
    post(body("\"session_id\":\"one\""), "x-turnpike-mode: ppd");
    JsonNode listed = get("/conversations");
    assertThat(listed.path("count").asInt()).isEqualTo(1);
    assertThat(listed.path("conversations").size()).isEqualTo(1);
    JsonNode one = listed.path("conversations").iterator().next();
    assertThat(one.propertyNames()).containsExactlyInAnyOrder("turns", "last_access");
    assertThat(listed.toString()).doesNotContain("\"one\"");
    Answer cleared = Wire.post(PROXY.port(), "/conversations/clear", "", KEY);
    assertThat(cleared.body()).isEqualTo("{\"cleared\":1}");
    assertThat(get("/mode").path("conversations").asInt()).isZero();
  }

  @Test
  void metrics_countStreamsToo_andAreCleared() {
    PROXY.receipt(post(streamed()));
    PROXY.receipt(post(body("")));
    JsonNode list = get("/metrics");
    assertThat(list.size()).isEqualTo(2);
    assertThat(list.get(0).path("prompt_tokens").asInt()).isEqualTo(9);
    assertThat(list.get(0).path("completion_tokens").asInt()).isEqualTo(2);
    assertThat(list.get(0).path("p_prefill_time_ms").asDouble()).isPositive();
    assertThat(get("/metrics/summary").path("total_requests").asInt()).isEqualTo(2);
    assertThat(get("/metrics/summary").path("pd").path("count").asInt()).isEqualTo(2);
    assertThat(Wire.post(PROXY.port(), "/metrics/clear", "", KEY).body())
        .isEqualTo("{\"cleared\":2}");
    assertThat(get("/metrics").size()).isZero();
  }

  @Test
  void metrics_leaveOutWhatWasNotAnswered() {
    PROXY.receipt(post(body("")));
    D.next(ScriptedEngine.says(404, "application/json", "{\"error\":\"no such model\"}"));
    PROXY.receipt(post(body("\"n\":2")));
    assertThat(get("/metrics").size()).isEqualTo(1);
    JsonNode summary = get("/metrics/summary");
    assertThat(summary.path("total_requests").asInt()).isEqualTo(1);
    assertThat(summary.path("not_answered").path("refused").asInt()).isEqualTo(1);
    assertThat(get("/receipts").size()).isEqualTo(2);
  }

  @Test
  void probe_isAnswered_andNothingRemembersIt() {
    Wire.post(PROXY.port(), "/conversations/clear", "", KEY);
    Answer probe = post(body(""), "x-turnpike-probe: up", "x-turnpike-mode: ppd");
    assertThat(probe.body()).isEqualTo(ANSWER);
    OnePair.awaitIdle();
    assertThat(get("/metrics").size()).isZero();
    assertThat(get("/receipts").size()).isZero();
    assertThat(get("/status").path("turns_total").asInt(-1)).isZero();
    assertThat(get("/mode").path("conversations").asInt(-1)).isZero();
    assertThat(P.last().headers().contains("x-turnpike-probe")).isFalse();
  }

  @Test
  void receipt_tellsTheTurn_butNothingOfWhatWasSaid() {
    Answer answer = post(body("\"stream\":true,\"user\":\"whoever\""));
    String id = answer.header("x-turnpike-receipt");
    PROXY.receipt(answer);
    JsonNode receipt = get("/receipts/" + id);
    assertThat(receipt.propertyNames())
        .contains(
            "id",
            "at",
            "path",
            "model",
            "stream",
            "mode",
            "route",
            "reason",
            "prefill",
            "decode",
            "turn",
            "match",
            "troubles",
            "lost_handoffs",
            "status",
            "outcome",
            "prompt_tokens",
            "completion_tokens",
            "prefill_ms",
            "decode_first_ms",
            "decode_ms",
            "ttft_ms",
            "total_ms");
    assertThat(receipt.path("outcome").asString()).isEqualTo("answered");
    assertThat(receipt.path("cached_tokens").asInt()).isEqualTo(4);
    assertThat(receipt.toString()).doesNotContain("Say", "Hello", "whoever");
    assertThat(get("/receipts?limit=1").size()).isEqualTo(1);
    assertThat(Wire.get(PROXY.port(), "/receipts/none", KEY).status()).isEqualTo(404);
    assertThat(Wire.get(PROXY.port(), "/receipts?limit=0", KEY).status()).isEqualTo(400);
  }

  @Test
  void unknownWish_isA400() {
    Answer answer = post(body(""), "x-turnpike-mode: fast");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("X-Turnpike-Mode", "fast");
  }

  @Test
  void health_isAsEnginesHaveIt_andTheManagementPortTellsMore() {
    assertThat(Wire.get(PROXY.port(), "/health").status()).isEqualTo(200);
    Answer ready = Wire.get(PROXY.managementPort(), "/actuator/health/readiness");
    assertThat(ready.status()).isEqualTo(200);
    PROXY.receipt(post(body("")));
    assertThat(Wire.get(PROXY.managementPort(), "/actuator/prometheus").body())
        .contains(
            "turnpike_turns_total{", "turnpike_handoffs_lost_total", "turnpike_turns_inflight");
  }

  private static JsonNode get(String path) {
    return JSON.readTree(Wire.get(PROXY.port(), path, KEY).body());
  }
}
