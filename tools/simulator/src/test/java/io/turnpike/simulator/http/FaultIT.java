package io.turnpike.simulator.http;

import static io.turnpike.simulator.http.EngineClient.await;
import static io.turnpike.simulator.http.EngineClient.chat;
import static io.turnpike.simulator.http.EngineClient.fault;
import static io.turnpike.simulator.http.EngineClient.json;
import static io.turnpike.simulator.http.EngineClient.metric;
import static io.turnpike.simulator.http.EngineClient.send;
import static io.turnpike.simulator.http.EngineClient.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Faults on command, clients that go away, and what an engine tells of itself. */
class FaultIT {

  private static final Map<String, String> JSON = Map.of("content-type", "application/json");
  private static final ObjectNode TURN = chat("hello there", 8);
  private static final ObjectNode STREAM = TURN.deepCopy().put("stream", true);

  private SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT);

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void refuse_resetsTheConnection_once() throws Exception {
    fault(engine, "{\"kind\":\"refuse\"}");
    assertThatThrownBy(() -> send(engine, TURN)).isInstanceOf(IOException.class);
    assertThat(send(engine, TURN).status()).isEqualTo(200);
  }

  @Test
  void status_isAnswered_asOftenAsAsked() throws Exception {
    fault(engine, "{\"kind\":\"status\",\"status\":503,\"count\":2}");
    assertThat(send(engine, TURN).status()).isEqualTo(503);
    assertThat(send(engine, TURN).status()).isEqualTo(503);
    assertThat(send(engine, TURN).status()).isEqualTo(200);
  }

  @Test
  void faults_canBeTakenBack() throws Exception {
    fault(engine, "{\"kind\":\"status\",\"count\":0,\"path\":\"/health\"}");
    assertThat(RawHttp.get(engine.port(), "/health").status()).isEqualTo(500);
    RawHttp.send(engine.port(), "DELETE", "/sim/fault", Map.of(), "");
    assertThat(RawHttp.get(engine.port(), "/health").status()).isEqualTo(200);
  }

  @Test
  void anUnknownFault_isRefused_withTheKnownOnes() throws Exception {
    Answered answer = RawHttp.post(engine.port(), "/sim/fault", "{\"kind\":\"sulk\"}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("drop-kv");
  }

  @Test
  void die_cutsTheStream_afterSomeChunks() throws Exception {
    fault(engine, "{\"kind\":\"die\",\"after_chunks\":3}");
    try (Socket socket =
        RawHttp.open(engine.port(), "POST", "/v1/chat/completions", JSON, STREAM.toString())) {
      StringBuilder got = new StringBuilder();
      assertThatThrownBy(() -> readInto(socket, got)).isInstanceOf(SocketException.class);
      assertThat(got.toString().split("data: ", -1)).hasSizeBetween(2, 4);
    }
    assertThat(send(engine, TURN).status()).isEqualTo(200);
  }

  @Test
  void errorEvent_endsTheStream() throws Exception {
    fault(engine, "{\"kind\":\"error-event\",\"after_chunks\":3}");
    Answered answer = send(engine, STREAM);
    assertThat(answer.events()).hasSize(5);
    assertThat(answer.events().get(3)).contains("EngineCore encountered an issue");
    assertThat(answer.events().get(4)).isEqualTo("[DONE]");
  }

  @Test
  void engineDead_endsTheEngine() throws Exception {
    fault(engine, "{\"kind\":\"engine-dead\"}");
    assertThat(send(engine, TURN).status()).isEqualTo(500);
    assertThat(RawHttp.get(engine.port(), "/health").status()).isEqualTo(503);
    assertThat(engine.end().get()).isEqualTo(1);
    assertThatThrownBy(() -> RawHttp.get(engine.port(), "/health")).isInstanceOf(IOException.class);
  }

  @Test
  void aClientThatLeavesAStream_isNoticed() throws Exception {
    leaves(true);
  }

  @Test
  void aClientThatLeavesWhileItWaits_isNoticed() throws Exception {
    leaves(false);
  }

  private void leaves(boolean stream) throws Exception {
    engine.close();
    engine = SimulatedEngine.start(SimulatorOptions.DEFAULT.withSpeed(1));
    ObjectNode endless = chat("go on", 20_000).put("ignore_eos", true).put("stream", stream);
    try (Socket socket =
        RawHttp.open(engine.port(), "POST", "/v1/chat/completions", JSON, endless.toString())) {
      await(() -> metric(engine, "vllm:num_requests_running", "") == 1);
      assertThat(state(engine).path("in_flight").asInt()).isEqualTo(1);
      assertThat(socket.isConnected()).isTrue();
    }
    await(() -> metric(engine, "vllm:num_requests_running", "") == 0);
    assertThat(state(engine).path("aborted").asInt()).isEqualTo(1);
    assertThat(state(engine).path("in_flight").asInt()).isZero();
    assertThat(metric(engine, "vllm:request_success_total", "")).isZero();
  }

  @Test
  void anEngineWithAKey_asksForIt_butNotForMetrics() throws Exception {
    engine.close();
    engine = SimulatedEngine.start(SimulatorOptions.DEFAULT.withApiKey("secret"));
    Answered answer = send(engine, TURN);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEqualTo("{\"error\":\"Unauthorized\"}");
    assertThat(RawHttp.get(engine.port(), "/metrics").status()).isEqualTo(200);
    Answered known =
        RawHttp.send(
            engine.port(), "GET", "/v1/models", Map.of("authorization", "Bearer secret"), "");
    assertThat(json(known).path("data").get(0).path("id").asString()).isEqualTo("simulated");
  }

  @Test
  void stopString_endsTheAnswerBeforeIt() throws Exception {
    String text = EngineClient.text(send(engine, TURN));
    ObjectNode stopping = TURN.deepCopy();
    String second = text.split(" ", -1)[1];
    stopping.putArray("stop").add(second);
    Answered answer = send(engine, stopping);
    assertThat(EngineClient.text(answer)).isEqualTo(text.substring(0, text.indexOf(second)));
    assertThat(json(answer).path("choices").get(0).path("finish_reason").asString())
        .isEqualTo("stop");
    assertThat(json(answer).path("choices").get(0).path("stop_reason").asString())
        .isEqualTo(second);
  }

  private static void readInto(Socket socket, StringBuilder got) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[8_192];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      got.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
    }
  }
}
