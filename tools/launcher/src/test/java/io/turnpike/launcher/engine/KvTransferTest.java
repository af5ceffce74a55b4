package io.turnpike.launcher.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KvTransferTest {

  @ParameterizedTest
  @CsvSource({
    "NixlConnector, nixl",
    "NixlPullConnector, nixl",
    "P2pNcclConnector, p2p-nccl",
    "ExampleConnector, shared-storage",
    "SharedStorageConnector, shared-storage",
    "LMCacheConnectorV1, shared-storage",
    "LMCacheMPConnector, shared-storage"
  })
  void connector_isTheOneThatThePlanNames(String name, String word) {
    assertThat(connector(Role.DECODE, Map.of("kv_connector", name)).word()).isEqualTo(word);
  }

  @Test
  void connector_isNixl_whenThePlanNamesNone_andNoneForAReplica() {
    assertThat(connector(Role.PREFILL, Map.of())).isEqualTo(Connectors.NIXL);
    assertThat(connector(Role.REPLICA, Map.of("kv_connector", "MooncakeConnector")))
        .isEqualTo(Connectors.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MooncakeConnector", "NixlPushConnector", "MultiConnector", "nixl", "MyOwn"})
  void connector_isNeverGuessed(String name) {
    assertThat(engine(Role.PREFILL, Map.of("kv_connector", name)).connector()).isEmpty();
  }

  @Test
  void p2pNccl_isToldTheRegistry_itsOwnPorts_andItsRole() {
    Plan plan = plan("kv-transfer: {kv_connector: P2pNcclConnector, kv_buffer_size: 8e9}");
    Map<String, Object> prefill =
        KvTransfer.config(engine(plan, "prefill-1"), place(plan, "prefill-1"));
    assertThat(prefill)
        .containsEntry("kv_connector", "P2pNcclConnector")
        .containsEntry("kv_role", "kv_producer")
        .containsEntry("kv_port", 18100)
        .containsEntry("kv_buffer_size", 8e9)
        .containsEntry(
            "kv_connector_extra_config",
            Map.of(
                "proxy_ip", "127.0.0.1",
                "proxy_port", "30001",
                "http_port", "8100",
                "send_type", "PUT_ASYNC"));
    Map<String, Object> decode =
        KvTransfer.config(engine(plan, "decode-2"), place(plan, "decode-2"));
    assertThat(decode).containsEntry("kv_role", "kv_consumer").containsEntry("kv_port", 18201);
    assertThat(KvTransfer.environment(engine(plan, "decode-2"), place(plan, "decode-2")))
        .containsEntry("VLLM_HOST_IP", "127.0.0.1")
        .containsEntry("VLLM_DISABLE_REQUEST_ID_RANDOMIZATION", "1")
        .containsEntry("NCCL_CUMEM_ENABLE", "0")
        .doesNotContainKey("VLLM_NIXL_SIDE_CHANNEL_PORT");
  }

  @Test
  void whatThePlanSays_wins_alsoInsideTheExtraConfig() {
    Plan plan =
        plan(
            """
            kv-transfer:
              kv_connector: P2pNcclConnector
              kv_connector_extra_config: {send_type: GET, nccl_num_channels: "16"}
            decode:
              - {kv-transfer: {kv_connector_extra_config: {http_port: "1"}}}
            """);
    assertThat(
            KvTransfer.config(engine(plan, "decode-1"), place(plan, "decode-1"))
                .get("kv_connector_extra_config"))
        .isEqualTo(
            Map.of(
                "proxy_ip", "127.0.0.1",
                "proxy_port", "30001",
                "http_port", "1",
                "send_type", "GET",
                "nccl_num_channels", "16"));
  }

  @Test
  void nixl_hasASideChannelOfItsOwn_andNoExtraConfig() {
    Plan plan = plan("");
    assertThat(KvTransfer.config(engine(plan, "decode-1"), place(plan, "decode-1")))
        .containsOnlyKeys("kv_connector", "kv_role", "engine_id");
    assertThat(KvTransfer.environment(engine(plan, "decode-1"), place(plan, "decode-1")))
        .containsEntry("VLLM_NIXL_SIDE_CHANNEL_PORT", "18200");
    assertThat(KvTransfer.environment(engine(plan, "replica-1"), place(plan, "replica-1")))
        .isEmpty();
  }

  @Test
  void engineOfRoleAny_sendsAndTakes() {
    Plan plan = plan("any: 2");
    assertThat(KvTransfer.config(engine(plan, "any-2"), place(plan, "any-2")))
        .containsEntry("kv_role", "kv_both");
    assertThat(KvTransfer.environment(engine(plan, "any-2"), place(plan, "any-2")))
        .containsEntry("VLLM_NIXL_SIDE_CHANNEL_PORT", "18401");
    assertThat(connector(Role.ANY, Map.of())).isEqualTo(Connectors.NIXL);
  }

  @Test
  void simulatedEngines_areToldTheSame() {
    Plan p2p = simulated("kv-transfer: {kv_connector: P2pNcclConnector}");
    assertThat(KvTransfer.simulatorFlags(engine(p2p, "decode-1"), place(p2p, "decode-1")))
        .containsExactly(
            "--connector", "p2p-nccl", "--kv-port", "18200", "--registry", "tcp://127.0.0.1:30001");
    assertThat(KvTransfer.simulatorFlags(engine(p2p, "replica-1"), place(p2p, "replica-1")))
        .isEmpty();
    Plan shared =
        simulated(
            """
            kv-transfer:
              kv_connector: ExampleConnector
              kv_connector_extra_config: {shared_storage_path: /kv}
            """);
    assertThat(KvTransfer.simulatorFlags(engine(shared, "prefill-1"), place(shared, "prefill-1")))
        .containsExactly("--connector", "shared-storage", "--shared-storage", "/kv");
    Plan nixl = simulated("");
    assertThat(KvTransfer.simulatorFlags(engine(nixl, "prefill-1"), place(nixl, "prefill-1")))
        .containsExactly("--connector", "nixl");
  }

  private static Plan plan(String engines) {
    return Plan.parse("test", "model: m\nengines:\n  kind: vllm\n" + engines.indent(2));
  }

  private static Plan simulated(String engines) {
    return Plan.parse("test", "engines:\n  kind: simulator\n" + engines.indent(2));
  }

  private static Engine engine(Plan plan, String name) {
    return Engine.of(plan, plan.engine(name).orElseThrow());
  }

  private static EnginePlace place(Plan plan, String name) {
    return EnginePlace.here(plan, plan.engine(name).orElseThrow());
  }

  private static Engine engine(Role role, Map<String, Object> kvTransfer) {
    return new Engine("engine-1", role, "m", List.of(), Map.of(), kvTransfer);
  }

  private static Connector connector(Role role, Map<String, Object> kvTransfer) {
    return engine(role, kvTransfer).connector().orElseThrow();
  }
}
