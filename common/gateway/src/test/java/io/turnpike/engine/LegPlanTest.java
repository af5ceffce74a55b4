package io.turnpike.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegPlanTest {

  private static final String TURN = "0123456789abcdef0123456789abcdef";

  @Test
  void p2pNccl_putsBothAddressesIntoTheId_andNoParams() {
    LegPlan plan = LegPlan.of(Connector.P2P_NCCL);
    assertThat(plan.requestId(p2p("p", "10.0.0.1:21001"), p2p("d", "10.0.0.2:22001"), TURN, "mine"))
        .isEqualTo("___prefill_addr_10.0.0.1:21001___decode_addr_10.0.0.2:22001_" + TURN);
    assertThat(plan.directRequestId(TURN, "mine")).isEqualTo("d_direct_" + TURN);
    assertThat(plan.prefillParams()).isNull();
    assertThat(plan.passesParamsOn()).isFalse();
  }

  @Test
  void p2pNccl_cannotDoWithoutAnAddress() {
    assertThatThrownBy(
            () ->
                LegPlan.of(Connector.P2P_NCCL)
                    .requestId(p2p("p", null), p2p("d", "a:1"), TURN, null))
        .hasMessageContaining("zmq address of the prefill node");
  }

  @Test
  void nixl_asksForARemoteDecode_andTakesTheClientsId() {
    LegPlan plan = LegPlan.of(Connector.NIXL);
    String params = new String(Objects.requireNonNull(plan.prefillParams()), UTF_8);
    assertThat(params).contains("\"do_remote_decode\":true", "\"do_remote_prefill\":false");
    assertThat(plan.passesParamsOn()).isTrue();
    Node p = Bodies.node("p", Role.PREFILL, Connector.NIXL, "e");
    assertThat(plan.requestId(p, p, TURN, "mine")).isEqualTo("mine");
    assertThat(plan.requestId(p, p, TURN, null)).isEqualTo(TURN);
  }

  @Test
  void sharedStorage_addsNothing() {
    LegPlan plan = LegPlan.of(Connector.SHARED_STORAGE);
    assertThat(plan.prefillParams()).isNull();
    assertThat(plan.passesParamsOn()).isFalse();
    assertThat(plan.directRequestId(TURN, null)).isEqualTo(TURN);
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
    assertThat(LegPlan.isForged(id)).isTrue();
  }

  @Test
  void ordinaryIds_areNot() {
    assertThat(LegPlan.isForged("req-42")).isFalse();
    assertThat(LegPlan.isForged("a_decode_addr")).isFalse();
  }

  private static Node p2p(String id, @Nullable String zmq) {
    return new Node(
        Bodies.node(id, Role.PREFILL, Connector.P2P_NCCL, "e").id(),
        Role.PREFILL,
        URI.create("http://127.0.0.1:1"),
        Connector.P2P_NCCL,
        NodeState.READY,
        Bodies.node(id, Role.PREFILL, Connector.P2P_NCCL, "e").epoch(),
        List.of(),
        zmq,
        null,
        null);
  }
}
