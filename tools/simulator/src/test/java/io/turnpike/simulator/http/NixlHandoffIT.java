package io.turnpike.simulator.http;

import static io.turnpike.simulator.http.EngineClient.await;
import static io.turnpike.simulator.http.EngineClient.cached;
import static io.turnpike.simulator.http.EngineClient.chat;
import static io.turnpike.simulator.http.EngineClient.emptyCache;
import static io.turnpike.simulator.http.EngineClient.json;
import static io.turnpike.simulator.http.EngineClient.metric;
import static io.turnpike.simulator.http.EngineClient.params;
import static io.turnpike.simulator.http.EngineClient.prefill;
import static io.turnpike.simulator.http.EngineClient.send;
import static io.turnpike.simulator.http.EngineClient.state;
import static io.turnpike.simulator.http.EngineClient.text;
import static io.turnpike.simulator.http.EngineClient.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Role;
import io.turnpike.simulator.connector.NixlConnector.LoadFailurePolicy;
import io.turnpike.simulator.wire.Json;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Handoffs between two engines, right and wrong, as in vllm-observed. */
class NixlHandoffIT {

  private static final ObjectNode TURN =
      chat("Tell me of the sea and who sails it. ".repeat(20), 12);
  private static final SimulatorOptions P = SimulatorOptions.DEFAULT.withRole(Role.PREFILL);
  private static final SimulatorOptions D = SimulatorOptions.DEFAULT.withRole(Role.DECODE);

  private SimulatedEngine prefill = SimulatedEngine.start(P);
  private SimulatedEngine decode = SimulatedEngine.start(D);

  @AfterEach
  void stop() {
    prefill.close();
    decode.close();
  }

  @Test
  void handoff_givesTheRightText_andDComputesNothing() throws Exception {
    Answered leg = send(prefill, prefill(TURN));
    assertThat(state(prefill).path("leases")).hasSize(1);
    Answered answer = send(decode, with(TURN, params(leg)));
    assertThat(text(answer)).startsWith(text(leg)).isEqualTo(text(send(prefill, TURN)));
    assertThat(metric(decode, "vllm:prompt_tokens_by_source_total", "local_compute")).isZero();
    assertThat(metric(decode, "vllm:prompt_tokens_by_source_total", "external_kv_transfer"))
        .isEqualTo(json(answer).path("usage").path("prompt_tokens").asDouble());
    assertThat(state(prefill).path("leases")).isEmpty();
  }

  @Test
  void enginesOfRoleAny_handOverEitherWay() throws Exception {
    SimulatorOptions any = SimulatorOptions.DEFAULT.withRole(Role.ANY);
    try (SimulatedEngine one = SimulatedEngine.start(any);
        SimulatedEngine other = SimulatedEngine.start(any)) {
      String truth = text(send(prefill, TURN));
      assertThat(text(send(other, with(TURN, params(send(one, prefill(TURN))))))).isEqualTo(truth);
      emptyCache(one);
      assertThat(text(send(one, with(TURN, params(send(other, prefill(TURN))))))).isEqualTo(truth);
      assertThat(metric(one, "vllm:prompt_tokens_by_source_total", "external_kv_transfer"))
          .isPositive();
    }
  }

  @Test
  void nextTurn_hitsOnD_withThePulledBlocksAndTheAnswer() throws Exception {
    Answered first = send(decode, with(TURN, params(send(prefill, prefill(TURN)))));
    ObjectNode second = TURN.deepCopy();
    second.withArray("messages").addObject().put("role", "assistant").put("content", text(first));
    second.withArray("messages").addObject().put("role", "user").put("content", "And then?");
    int tokens = json(first).path("usage").path("total_tokens").asInt();
    assertThat(cached(send(decode, second))).isEqualTo((tokens - 1) / 16 * 16);
  }

  @Test
  void cachedTokens_areThoseOfP_onAHandedOverTurn() throws Exception {
    send(prefill, TURN);
    Answered leg = send(prefill, prefill(TURN));
    assertThat(cached(leg)).isPositive();
    assertThat(cached(send(decode, with(TURN, params(leg))))).isEqualTo(cached(leg));
  }

  @Test
  void paramsUsedAgain_giveAWrongAnswer_andPoisonTheCache() throws Exception {
    JsonNode params = params(send(prefill, prefill(TURN)));
    String right = text(send(decode, with(TURN, params)));
    emptyCache(decode);
    Answered again = send(decode, with(TURN, params));
    assertThat(again.status()).isEqualTo(200);
    assertThat(text(again)).isNotEqualTo(right);
    assertThat(text(send(decode, TURN))).as("poisoned").isNotEqualTo(right);
    emptyCache(decode);
    assertThat(text(send(decode, TURN))).isEqualTo(right);
  }

  @Test
  void paramsOfAnotherPrompt_giveAWrongAnswer() throws Exception {
    ObjectNode other = chat("Tell me of the hill and who climbs. ".repeat(21), 12);
    JsonNode params = params(send(prefill, prefill(other)));
    assertThat(text(send(decode, with(TURN, params)))).isNotEqualTo(text(send(prefill, TURN)));
  }

  @Test
  void aLeaseThatEnded_isSeenInPsCounters() throws Exception {
    prefill.close();
    prefill = SimulatedEngine.start(P.withLease(Duration.ofMillis(20)));
    Answered leg = send(prefill, prefill(TURN));
    await(() -> metric(prefill, "vllm:nixl_num_kv_expired_reqs_total", "") == 1);
    Answered late = send(decode, with(TURN, params(leg)));
    assertThat(late.status()).isEqualTo(200);
    assertThat(text(late)).isNotEqualTo(text(send(prefill, TURN)));
    assertThat(metric(prefill, "vllm:nixl_num_notifications_after_expiry_total", "")).isEqualTo(1);
  }

  @Test
  void nonsenseParams_killTheEngine() throws Exception {
    ObjectNode alone = Json.MAPPER.createObjectNode().put("do_remote_prefill", true);
    Answered answer = send(decode, with(TURN, alone));
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).contains("EngineCore encountered an issue");
    assertThat(RawHttp.get(decode.port(), "/health").status()).isEqualTo(503);
    assertThat(decode.end().get()).isEqualTo(1);
  }

  @Test
  void fewerBlocksThanThePromptNeeds_killTheEngine() throws Exception {
    JsonNode params = params(send(prefill, prefill(chat("short", 5))));
    assertThat(send(decode, with(TURN, params)).status()).isEqualTo(500);
    assertThat(RawHttp.get(decode.port(), "/health").status()).isEqualTo(503);
  }

  @Test
  void pGone_is500_orAnErrorEvent() throws Exception {
    send(decode, with(TURN, params(send(prefill, prefill(TURN)))));
    emptyCache(decode);
    JsonNode params = params(send(prefill, prefill(TURN)));
    prefill.close();
    Answered whole = send(decode, with(TURN, params));
    assertThat(whole.status()).isEqualTo(500);
    assertThat(whole.body()).contains("Internal server error");
    Answered stream = send(decode, with(TURN, params).put("stream", true));
    assertThat(stream.status()).isEqualTo(200);
    assertThat(stream.events()).hasSize(3);
    assertThat(stream.events().get(0)).contains("\"role\":\"assistant\"");
    assertThat(stream.events().get(1)).startsWith("{\"error\": {");
    assertThat(stream.events().get(2)).isEqualTo("[DONE]");
    assertThat(metric(decode, "vllm:nixl_num_failed_transfers_total", "")).isEqualTo(2);
  }

  @Test
  void pGone_isRecomputed_underThatPolicy() throws Exception {
    decode.close();
    decode = SimulatedEngine.start(D.withPolicy(LoadFailurePolicy.RECOMPUTE));
    Answered leg = send(prefill, prefill(TURN));
    String right = text(send(prefill, TURN));
    prefill.close();
    Answered answer = send(decode, with(TURN, params(leg)));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(text(answer)).isEqualTo(right);
  }

  @Test
  void pBackUnderItsOldId_isNeverReadAgain() throws Exception {
    prefill.close();
    prefill = SimulatedEngine.start(P.withEngineId("p"));
    send(decode, with(TURN, params(send(prefill, prefill(TURN)))));
    emptyCache(decode);
    int kvPort = prefill.kvPort();
    prefill.close();
    prefill = SimulatedEngine.start(P.withEngineId("p").withKvPort(kvPort));
    assertThat(send(decode, with(TURN, params(send(prefill, prefill(TURN))))).status())
        .isEqualTo(500);
    prefill.close();
    prefill = SimulatedEngine.start(P.withEngineId("p-new"));
    assertThat(send(decode, with(TURN, params(send(prefill, prefill(TURN))))).status())
        .isEqualTo(200);
  }

  @Test
  void pFullOfUnclaimedLegs_makesTheNextPromptWait() throws Exception {
    prefill.close();
    prefill =
        SimulatedEngine.start(
            P.withMaxModelLen(320).withKvTokens(512).withLease(Duration.ofMillis(700)));
    assertThat(send(prefill, prefill(TURN)).status()).isEqualTo(200);
    send(prefill, prefill(chat("Another one of some length. ".repeat(30), 1)));
    ObjectNode third = chat("And yet another, longer than both. ".repeat(26), 1);
    assertThat(state(prefill).path("leases")).isNotEmpty();
    assertThat(send(prefill, third).status()).isEqualTo(200);
    assertThat(metric(prefill, "vllm:nixl_num_kv_expired_reqs_total", "")).isPositive();
  }

  @Test
  void aDecodeLegThatDRefuses_freesPsBlocks() throws Exception {
    JsonNode params = params(send(prefill, prefill(TURN)));
    assertThat(send(decode, with(TURN, params).put("max_tokens", 0)).status()).isEqualTo(400);
    await(() -> state(prefill).path("leases").isEmpty());
  }

  @Test
  void lostKv_failsTheDecodeLeg() throws Exception {
    EngineClient.fault(prefill, "{\"kind\":\"drop-kv\"}");
    JsonNode params = params(send(prefill, prefill(TURN)));
    assertThat(send(decode, with(TURN, params)).status()).isEqualTo(500);
  }

  @Test
  void aLegThatWaitsForRoom_keepsPsLease_andIsFreedWhenItsClientLeaves() throws Exception {
    prefill.close();
    prefill = SimulatedEngine.start(P.withLease(Duration.ofSeconds(1)));
    decode.close();
    decode =
        SimulatedEngine.start(
            D.withSpeed(0.05)
                .withMaxModelLen(640)
                .withKvTokens(640)
                .withLease(Duration.ofSeconds(1)));
    ObjectNode filling = chat("more ".repeat(376), 150).put("ignore_eos", true).put("stream", true);
    try (Socket filled = open(decode, filling)) {
      await(() -> state(decode).path("free_blocks").asInt() < 12);
      JsonNode params = params(send(prefill, prefill(TURN)));
      try (Socket waiting = open(decode, with(TURN, params))) {
        await(() -> state(decode).path("waiting").asInt() == 1);
        long leased = System.nanoTime();
        await(() -> System.nanoTime() - leased > 1_500_000_000);
        assertThat(state(prefill).path("leases")).hasSize(1);
        assertThat(filled.isConnected() && waiting.isConnected()).isTrue();
      }
      await(() -> state(prefill).path("leases").isEmpty());
      assertThat(metric(prefill, "vllm:nixl_num_kv_expired_reqs_total", "")).isZero();
    }
  }

  private static Socket open(SimulatedEngine engine, ObjectNode body) throws Exception {
    return RawHttp.open(
        engine.port(),
        "POST",
        "/v1/chat/completions",
        Map.of("content-type", "application/json"),
        body.toString());
  }
}
