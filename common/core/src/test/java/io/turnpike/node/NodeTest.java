package io.turnpike.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Connector.Order;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of nodes, and what holds of a connector that says nothing else. */
class NodeTest {

  private static final Connector PLAIN = () -> "plain";
  private static final Connector OTHER = () -> "other";
  private static final Node P = Nodes.node("p", Role.PREFILL, PLAIN);
  private static final Node D = Nodes.node("d", Role.DECODE, PLAIN);

  private static Node serving(String... models) {
    return new Node(
        new NodeId("r"),
        Role.REPLICA,
        URI.create("http://127.0.0.1:1"),
        PLAIN,
        NodeState.READY,
        Epoch.UNKNOWN,
        List.of(models),
        null,
        null,
        null);
  }

  @ParameterizedTest
  @EnumSource(NodeState.class)
  void node_getsNewTurns_onlyWhenItIsReady(NodeState state) {
    Node node = Nodes.in(state, D);
    boolean ready = state == NodeState.READY;
    assertThat(node.isReady()).isEqualTo(ready);
    Cluster cluster = Cluster.of(List.of(node, P));
    assertThat(cluster.ready(Role.DECODE)).hasSize(ready ? 1 : 0);
    assertThat(cluster.ready(Role.PREFILL)).containsExactly(P);
    assertThat(cluster.ready(Role.REPLICA)).isEmpty();
  }

  @Test
  void nodeOfRoleAny_doesAllWork_butHandsNothingToItself() {
    Node any = Nodes.node("a", Role.ANY, PLAIN);
    Cluster cluster = Cluster.of(List.of(any, P, D));
    assertThat(cluster.ready(Role.PREFILL)).containsExactly(any, P);
    assertThat(cluster.ready(Role.DECODE)).containsExactly(any, D);
    assertThat(cluster.ready(Role.REPLICA)).containsExactly(any);
    assertThat(cluster.ready(Role.ANY)).containsExactly(any);
    assertThat(any.pairsWith(D)).isTrue();
    assertThat(P.pairsWith(any)).isTrue();
    assertThat(any.pairsWith(any)).isFalse();
  }

  @Test
  void cluster_knowsItsNodesByName() {
    Cluster cluster = Cluster.of(List.of(P, D));
    assertThat(cluster.node(P.id())).isEqualTo(P);
    assertThat(cluster.node(new NodeId("x"))).isNull();
    assertThat(Cluster.EMPTY.node(P.id())).isNull();
  }

  @Test
  void node_servesItsModels_andAnyWhileTheyAreNotKnown() {
    assertThat(serving("m", "lora").serves("lora")).isTrue();
    assertThat(serving("m").serves("other")).isFalse();
    assertThat(serving("m").serves(null)).isTrue();
    assertThat(serving().serves("other")).isTrue();
  }

  @Test
  void pair_hasOneConnector_andOneVersion_asFarAsThatIsKnown() {
    assertThat(P.pairsWith(D)).isTrue();
    assertThat(P.pairsWith(Nodes.node("d", Role.DECODE, OTHER))).isFalse();
    assertThat(PLAIN.pairs(Nodes.node("p", Role.PREFILL, OTHER), D)).isFalse();
    assertThat(Nodes.version("1", P).pairsWith(Nodes.version("1", D))).isTrue();
    assertThat(Nodes.version("1", P).pairsWith(Nodes.version("2", D))).isFalse();
    assertThat(Nodes.version("1", P).pairsWith(D)).isTrue();
    assertThat(P.pairsWith(Nodes.version("2", D))).isTrue();
  }

  @Test
  void connector_needsNothing_unlessItSaysSo() {
    assertThat(PLAIN.order()).isEqualTo(Order.PREFILL_FIRST);
    assertThat(PLAIN.needsZmqAddress()).isFalse();
    assertThat(PLAIN.decodesAlone()).isTrue();
    assertThat(PLAIN.prefillParams()).isNull();
    assertThat(PLAIN.passesParamsOn()).isFalse();
  }

  @Test
  void connector_takesTheClientsRequestId_orTheTurns() {
    assertThat(PLAIN.requestId(P, D, "0a", "mine")).isEqualTo("mine");
    assertThat(PLAIN.requestId(P, D, "0a", null)).isEqualTo("0a");
    assertThat(PLAIN.aloneRequestId("0a", "mine")).isEqualTo("mine");
    assertThat(PLAIN.aloneRequestId("0a", null)).isEqualTo("0a");
  }
}
