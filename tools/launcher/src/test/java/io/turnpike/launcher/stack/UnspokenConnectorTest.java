package io.turnpike.launcher.stack;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.turnpike.launcher.plan.Plan;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the registry could be told of no engine is said before anything starts. */
class UnspokenConnectorTest {

  @ParameterizedTest
  @ValueSource(strings = {"MooncakeConnector", "MultiConnector", "nixl"})
  void aConnectorThatIsNotSpoken_isSaidByName(String name) {
    Plan plan =
        Plan.parse(
            "test",
            "model: m\nengines:\n  kind: vllm\n  kv-transfer: {kv_connector: " + name + "}\n");
    Components components =
        new Components(plan, Installation.at(Path.of("")), new StateFolder(Path.of("state")));

    assertThatExceptionOfType(StackException.class)
        .isThrownBy(components::nodesYaml)
        .withMessageStartingWith("kv_connector: \"" + name + "\" of prefill-1 is not spoken here")
        .withMessageContaining("expected: one of NixlConnector, ")
        .withMessageContaining("ExampleConnector");
  }

  @Test
  void p2pNccl_isNothingForRoleAny() {
    Plan plan =
        Plan.parse(
            "test",
            """
            model: m
            engines: {any: 1, kind: vllm, kv-transfer: {kv_connector: P2pNcclConnector}}
            """);
    Components components =
        new Components(plan, Installation.at(Path.of("")), new StateFolder(Path.of("state")));

    assertThatExceptionOfType(StackException.class)
        .isThrownBy(components::nodesYaml)
        .withMessageStartingWith("role any of any-1: a P2pNcclConnector either sends or takes");
  }
}
