package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.connector.Connectors;
import io.turnpike.cost.CostBook;
import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.node.Connector;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfiledCostsTest {

  private static Node node(Connector connector) {
    return new Node(
        new NodeId("n"),
        Role.DECODE,
        URI.create("http://127.0.0.1:1"),
        connector,
        NodeState.READY,
        Epoch.UNKNOWN,
        List.of(),
        null,
        null,
        null);
  }

  private static EngineCosts costs(String profile, Connector connector) {
    CostBook book = ProfiledCosts.of(new CostSettings(profile, 100));
    return Objects.requireNonNull(book.costs(node(connector)));
  }

  @Test
  void aBuiltInProfile_isReadWhole_andConnectorsDiffer() {
    EngineCosts nixl = costs("h100-llama-3.1-8b", Connectors.NIXL);
    assertThat(nixl.profile().name()).isEqualTo("h100-llama-3.1-8b");
    assertThat(nixl.profile().steps().baseMillis()).isEqualTo(7.93);
    assertThat(nixl.profile().frontEnd().historyTokenMillis()).isEqualTo(0.0073);
    assertThat(nixl.profile().limits().tokenBudget()).isEqualTo(8_192);
    assertThat(nixl.handoff()).isEqualTo(HandoffCosts.NIXL);
    assertThat(nixl.moveTokenMillis()).isEqualTo(131_072 / 1e8);
    assertThat(costs("h100-llama-3.1-8b", Connectors.P2P_NCCL).handoff())
        .isEqualTo(HandoffCosts.P2P_NCCL);
  }

  @Test
  void anOwnProfile_isAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("own.yaml");
    Files.writeString(
        file,
        """
        name: own
        source: measured
        steps: {baseMillis: 1, decodeMillis: 2, decodeContextMillis: 3, prefillMillis: 4,
                sendingPrefillMillis: 5, attentionMillis: 6, mixedMillis: 7}
        frontEnd: {beforeMillis: 1, serialMillis: 2, historyTokenMillis: 3, afterMillis: 4}
        limits: {tokenBudget: 1, maxSequences: 2, kvTokens: 3, kvBytesPerToken: 4}
        """);
    assertThat(costs(file.toString(), Connectors.NIXL).profile().steps().mixedMillis())
        .isEqualTo(7);
    Files.writeString(file, "name: own\nsteps: 7\n");
    assertThatThrownBy(() -> costs(file.toString(), Connectors.NIXL))
        .hasMessageContaining("turnpike.costs.profile");
  }

  @Test
  void withoutAProfile_nothingIsKnown() {
    assertThat(ProfiledCosts.of(new CostSettings("", 40))).isSameAs(CostBook.EMPTY);
  }

  @Test
  void mistakes_nameTheProperty() {
    assertThatThrownBy(() -> costs("h900", Connectors.NIXL))
        .hasMessageContaining("turnpike.costs.profile")
        .hasMessageContaining("h900");
    assertThatThrownBy(() -> ProfiledCosts.of(new CostSettings("h100-llama-3.1-8b", 0)))
        .hasMessageContaining("turnpike.costs.gigabytes-per-second");
  }
}
