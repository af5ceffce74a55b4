package io.turnpike.simulator.http;

import static io.turnpike.simulator.http.EngineClient.cached;
import static io.turnpike.simulator.http.EngineClient.chat;
import static io.turnpike.simulator.http.EngineClient.metric;
import static io.turnpike.simulator.http.EngineClient.send;
import static io.turnpike.simulator.http.EngineClient.state;
import static io.turnpike.simulator.http.EngineClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import io.turnpike.simulator.zmq.RegistryPing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessagePack;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import tools.jackson.databind.node.ObjectNode;

/** P2pNccl, shared storage, and the ping. */
class OtherConnectorsIT {

  private static final ObjectNode TURN =
      chat("Tell me of the sea and who sails it. ".repeat(20), 8);
  private static final ObjectNode LEG = TURN.deepCopy().put("max_tokens", 1);
  private static final String HEX = "0123456789abcdef0123456789abcdef";

  private final List<SimulatedEngine> engines = new ArrayList<>();

  @AfterEach
  void stop() {
    engines.forEach(SimulatedEngine::close);
  }

  @Test
  void p2pNccl_movesKvUnderTheRequestId() throws Exception {
    SimulatedEngine prefill = start(Connectors.P2P_NCCL, Role.PREFILL);
    SimulatedEngine decode = start(Connectors.P2P_NCCL, Role.DECODE);
    String id = requestId(prefill, decode);
    String first = text(send(prefill, LEG, id));
    Answered answer = send(decode, TURN, id);
    assertThat(text(answer)).startsWith(first);
    assertThat(metric(decode, "vllm:prompt_tokens_by_source_total", "external_kv")).isPositive();
    EngineClient.await(() -> state(prefill).path("leases").isEmpty());
  }

  @Test
  void p2pNccl_decodeWaits_untilPrefillHasSent() throws Exception {
    SimulatedEngine prefill = start(Connectors.P2P_NCCL, Role.PREFILL);
    SimulatedEngine decode = start(Connectors.P2P_NCCL, Role.DECODE);
    String id = requestId(prefill, decode);
    Map<String, String> headers = Map.of("content-type", "application/json", "x-request-id", id);
    try (var socket =
        RawHttp.open(decode.port(), "POST", "/v1/chat/completions", headers, TURN.toString())) {
      EngineClient.await(() -> state(decode).path("in_flight").asInt() == 1);
      send(prefill, LEG, id);
      assertThat(RawHttp.read(socket, "POST").status()).isEqualTo(200);
    }
  }

  @Test
  void p2pNccl_anotherIdAtDecode_killsTheEngine() throws Exception {
    SimulatedEngine decode = start(Connectors.P2P_NCCL, Role.DECODE);
    assertThat(send(decode, TURN).status()).isEqualTo(500);
    assertThat(RawHttp.get(decode.port(), "/health").status()).isEqualTo(503);
  }

  @Test
  void p2pNccl_moreThanOneTokenAtPrefill_killsTheEngine() throws Exception {
    SimulatedEngine prefill = start(Connectors.P2P_NCCL, Role.PREFILL);
    SimulatedEngine decode = start(Connectors.P2P_NCCL, Role.DECODE);
    assertThat(send(prefill, TURN, requestId(prefill, decode)).status()).isEqualTo(500);
    assertThat(RawHttp.get(prefill.port(), "/health").status()).isEqualTo(503);
  }

  @Test
  void sharedStorage_hitsWhatTheOtherEngineComputed(@TempDir Path folder) throws Exception {
    SimulatorOptions options =
        SimulatorOptions.DEFAULT.withConnector(Connectors.SHARED_STORAGE).withSharedStorage(folder);
    SimulatedEngine prefill = start(options.withRole(Role.PREFILL));
    SimulatedEngine decode = start(options.withRole(Role.DECODE));
    assertThat(cached(send(prefill, LEG))).isZero();
    Answered answer = send(decode, TURN);
    assertThat(cached(answer)).isPositive();
    assertThat(text(answer)).startsWith(text(send(prefill, LEG)));
  }

  @Test
  void paramsWithoutAConnector_areIgnored() throws Exception {
    SimulatedEngine engine = start(Connectors.NONE, Role.REPLICA);
    ObjectNode deadly = TURN.deepCopy();
    deadly.putObject("kv_transfer_params").put("do_remote_prefill", true);
    assertThat(send(engine, deadly).status()).isEqualTo(200);
  }

  @Test
  void ping_saysWhatP2pNcclSays() throws Exception {
    try (ZContext context = new ZContext()) {
      ZMQ.Socket router = context.createSocket(SocketType.ROUTER);
      router.setReceiveTimeOut(10_000);
      int port = router.bindToRandomPort("tcp://127.0.0.1");
      SimulatedEngine decode =
          start(
              SimulatorOptions.DEFAULT
                  .withRole(Role.DECODE)
                  .withRegistry("tcp://127.0.0.1:" + port));
      String kv = "127.0.0.1:" + decode.kvPort();
      assertThat(new String(router.recv(), StandardCharsets.UTF_8)).isEqualTo(kv);
      Map<Value, Value> ping =
          MessagePack.newDefaultUnpacker(router.recv()).unpackValue().asMapValue().map();
      assertThat(ping)
          .isEqualTo(
              ValueFactory.newMap(
                      ValueFactory.newString("type"),
                      ValueFactory.newString("D"),
                      ValueFactory.newString("http_address"),
                      ValueFactory.newString("127.0.0.1:" + decode.port()),
                      ValueFactory.newString("zmq_address"),
                      ValueFactory.newString(kv))
                  .map());
    }
    assertThat(RegistryPing.INTERVAL).hasSeconds(3);
  }

  private SimulatedEngine start(Connector connector, Role role) {
    return start(SimulatorOptions.DEFAULT.withConnector(connector).withRole(role));
  }

  private SimulatedEngine start(SimulatorOptions options) {
    SimulatedEngine engine = SimulatedEngine.start(options);
    engines.add(engine);
    return engine;
  }

  private static String requestId(SimulatedEngine prefill, SimulatedEngine decode) {
    return "___prefill_addr_127.0.0.1:%d___decode_addr_127.0.0.1:%d_%s"
        .formatted(prefill.kvPort(), decode.kvPort(), HEX);
  }
}
