package io.turnpike.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Nodes;
import io.turnpike.node.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectorsTest {

  private static final String TURN = "0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @CsvSource({
    "nixl, nixl",
    "p2p-nccl, p2p-nccl",
    "shared-storage, shared-storage",
    "example, shared-storage",
    "none, none"
  })
  void connector_isFoundByName(String asked, String found) {
    assertThat(Connectors.named(asked)).hasValueSatisfying(c -> assertThat(c).hasToString(found));
  }

  @Test
  void unknownConnector_isNotGuessed_andTheKnownOnesAreNamed() {
    assertThat(Connectors.named("mooncake")).isEmpty();
    assertThat(Connectors.words()).isEqualTo("nixl, p2p-nccl, shared-storage, none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nixl", "shared-storage"})
  void sameConnectorAndVersion_pair(String word) {
    Connector connector = Connectors.named(word).orElseThrow();
    Node p = Nodes.node("p", Role.PREFILL, connector);
    Node d = Nodes.node("d", Role.DECODE, connector);
    assertThat(p.pairsWith(d)).isTrue();
    assertThat(Nodes.version("0.32.0", p).pairsWith(d)).isTrue();
    assertThat(p.pairsWith(Nodes.version("0.32.0", d))).isTrue();
    assertThat(Nodes.version("0.32.0", p).pairsWith(Nodes.version("0.32.0", d))).isTrue();
    assertThat(Nodes.version("0.31.0", p).pairsWith(Nodes.version("0.32.0", d))).isFalse();
    assertThat(p.pairsWith(Nodes.node("d", Role.DECODE, Connectors.P2P_NCCL))).isFalse();
  }

  @Test
  void nodesWithoutAConnector_neverPair() {
    Node p = Nodes.node("p", Role.PREFILL, Connectors.NONE);
    assertThat(p.pairsWith(Nodes.node("d", Role.DECODE, Connectors.NONE))).isFalse();
    assertThat(Connectors.NONE.decodesAlone()).isTrue();
  }

  @Test
  void p2pNccl_pairsOnlyNodesWhoseSocketsAreKnown() {
    assertThat(Connectors.P2P_NCCL.needsZmqAddress()).isTrue();
    assertThat(Connectors.NIXL.needsZmqAddress()).isFalse();
    assertThat(p2p("p", "a:1").pairsWith(p2p("d", "b:2"))).isTrue();
    assertThat(p2p("p", null).pairsWith(p2p("d", "b:2"))).isFalse();
    assertThat(p2p("p", "a:1").pairsWith(p2p("d", null))).isFalse();
    Node other = Nodes.node("d", Role.DECODE, Connectors.NIXL, NodeState.READY, "e", "b:2");
    assertThat(p2p("p", "a:1").pairsWith(other)).isFalse();
  }

  @Test
  void p2pNccl_putsBothAddressesIntoTheId_andNoParams() {
    Connector p2p = Connectors.P2P_NCCL;
    assertThat(p2p.requestId(p2p("p", "10.0.0.1:21001"), p2p("d", "10.0.0.2:22001"), TURN, "mine"))
        .isEqualTo("___prefill_addr_10.0.0.1:21001___decode_addr_10.0.0.2:22001_" + TURN);
    assertThat(p2p.aloneRequestId(TURN, "mine")).isEqualTo("d_direct_" + TURN);
    assertThat(p2p.prefillParams()).isNull();
    assertThat(p2p.passesParamsOn()).isFalse();
    assertThat(p2p.decodesAlone()).isFalse();
    assertThatThrownBy(() -> p2p.requestId(p2p("p", null), p2p("d", "a:1"), TURN, null))
        .hasMessageContaining("zmq address of the prefill node");
    assertThatThrownBy(() -> p2p.requestId(p2p("p", "a:1"), p2p("d", null), TURN, null))
        .hasMessageContaining("zmq address of the decode node");
  }

  @Test
  void nixl_asksForARemoteDecode_andTakesTheClientsId() {
    Connector nixl = Connectors.NIXL;
    assertThat(nixl.prefillParams())
        .contains("\"do_remote_decode\":true", "\"do_remote_prefill\":false");
    assertThat(nixl.passesParamsOn()).isTrue();
    assertThat(nixl.decodesAlone()).isTrue();
    assertThat(nixl.order()).isEqualTo(Connector.Order.PREFILL_FIRST);
    Node p = Nodes.node("p", Role.PREFILL, nixl);
    assertThat(nixl.requestId(p, p, TURN, "mine")).isEqualTo("mine");
    assertThat(nixl.requestId(p, p, TURN, null)).isEqualTo(TURN);
  }

  @Test
  void sharedStorage_addsNothing() {
    Connector storage = Connectors.SHARED_STORAGE;
    assertThat(storage.prefillParams()).isNull();
    assertThat(storage.passesParamsOn()).isFalse();
    assertThat(storage.aloneRequestId(TURN, null)).isEqualTo(TURN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "___prefill_addr_6.6.6.6:1___decode_addr_6.6.6.6:2_" + TURN,
        "chatcmpl-___prefill_addr_6.6.6.6:1",
        "x___decode_addr_6.6.6.6:2_",
        "d_direct_1"
      })
  void idThatAConnectorWouldParse_isForged(String id) {
    assertThat(Connectors.isForged(id)).isTrue();
  }

  @Test
  void ordinaryIds_areNot() {
    assertThat(Connectors.isForged("req-42")).isFalse();
    assertThat(Connectors.isForged("a_decode_addr")).isFalse();
  }

  private static Node p2p(String id, @Nullable String zmq) {
    return Nodes.node(id, Role.PREFILL, Connectors.P2P_NCCL, NodeState.READY, "e", zmq);
  }
}
