package io.turnpike.launcher.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VllmCommandTest {

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
    assertThatExceptionOfType(StackException.class)
        .isThrownBy(() -> connector(Role.PREFILL, Map.of("kv_connector", name)))
        .withMessageStartingWith("kv_connector: \"" + name + "\" of engine-1 is not spoken here")
        .withMessageContaining("expected: one of NixlConnector, ")
        .withMessageContaining("ExampleConnector");
  }

  private static Connector connector(Role role, Map<String, Object> kvTransfer) {
    EnginePlan engine =
        new EnginePlan("engine-1", role, 8100, 5600, null, null, List.of(), Map.of(), kvTransfer);
    EnginesPlan engines =
        new EnginesPlan(EngineKind.VLLM, 1, "vllm", List.of(), Map.of(), Map.of(), List.of(engine));
    return VllmCommand.connector(engines, engine);
  }
}
