package io.turnpike.simulator.http;

import static io.turnpike.simulator.http.EngineClient.await;
import static io.turnpike.simulator.http.EngineClient.chat;
import static io.turnpike.simulator.http.EngineClient.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.simulator.generation.Endings;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** What clients see of an engine that is told to end, as with vLLM 0.32.0 (traces c14, c18). */
class TerminationIT {

  private static final Map<String, String> JSON = Map.of("content-type", "application/json");
  private static final SimulatorOptions PACED = SimulatorOptions.DEFAULT.withSpeed(1);
  private static final ObjectNode ENDLESS =
      chat("go on", 20_000).put("ignore_eos", true).put("stream", true);

  @ParameterizedTest
  @EnumSource(
      value = Endings.Kind.class,
      names = {"ERROR", "ABORT"})
  void streams_endAndTheEngineWithThem(Endings.Kind kind) throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(PACED.withOnTerminate(kind));
        Socket client = busy(engine, ENDLESS)) {
      engine.terminate();
      String rest = readToEnd(client);
      assertThat(rest).endsWith("data: [DONE]\n\n\r\n0\r\n\r\n");
      assertThat(rest)
          .contains(kind == Endings.Kind.ERROR ? "EngineCore encountered" : "\"abort\"");
      assertThat(engine.end().get(10, TimeUnit.SECONDS)).isZero();
      assertThatThrownBy(() -> RawHttp.get(engine.port(), "/health"))
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void silence_lastsUntilTheClientLeaves() throws Exception {
    try (SimulatedEngine engine =
        SimulatedEngine.start(PACED.withOnTerminate(Endings.Kind.SILENT))) {
      try (Socket client = busy(engine, ENDLESS)) {
        engine.terminate();
        client.setSoTimeout(200);
        assertThatThrownBy(() -> readToEnd(client)).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> RawHttp.get(engine.port(), "/health"))
            .isInstanceOf(ConnectException.class);
        assertThat(engine.end()).isNotDone();
      }
      assertThat(engine.end().get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void anIdleConnection_isClosed() throws Exception {
    try (SimulatedEngine engine =
            SimulatedEngine.start(PACED.withOnTerminate(Endings.Kind.SILENT));
        Socket idle = RawHttp.open(engine.port(), "GET", "/version", Map.of(), "")) {
      assertThat(RawHttp.read(idle, "GET").status()).isEqualTo(200);
      engine.terminate();
      assertThat(readToEnd(idle)).isEmpty();
      assertThat(engine.end().get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void withATimeout_newRequestsAreAborted_andTheLastClientMayGoOn() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(PACED.withShutdownTimeoutSeconds(60))) {
      try (Socket client = busy(engine, ENDLESS)) {
        engine.terminate();
        Answered refused = EngineClient.send(engine, chat("hello", 4));
        assertThat(refused.status()).isEqualTo(200);
        assertThat(refused.body()).contains("\"finish_reason\":\"abort\"");
        assertThat(client.getInputStream().read()).isNotNegative();
        assertThat(engine.end()).isNotDone();
      }
      assertThat(engine.end().get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void afterTheTimeout_whatIsLeftIsAnError_andHealthSaysSo() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(PACED.withShutdownTimeoutSeconds(1));
        Socket client = busy(engine, ENDLESS)) {
      engine.terminate();
      assertThat(RawHttp.read(client, "POST").events()).last().isEqualTo("[DONE]");
      assertThat(RawHttp.get(engine.port(), "/health").status()).isEqualTo(503);
      assertThat(engine.end().get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  /** A client whose request the engine is working on. */
  private static Socket busy(SimulatedEngine engine, ObjectNode body) throws Exception {
    Socket client =
        RawHttp.open(engine.port(), "POST", "/v1/chat/completions", JSON, body.toString());
    await(() -> metric(engine, "vllm:num_requests_running", "") == 1);
    return client;
  }

  private static String readToEnd(Socket client) throws IOException {
    StringBuilder got = new StringBuilder();
    InputStream in = client.getInputStream();
    byte[] buffer = new byte[8_192];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      got.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
    }
    return got.toString();
  }
}
