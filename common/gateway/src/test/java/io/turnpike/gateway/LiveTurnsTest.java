package io.turnpike.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.engine.TestNodes;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveTurnsTest {

  private static final Node D = TestNodes.node("d", Role.DECODE, Connectors.NIXL);
  private static final Cluster WITH_D = Cluster.of(List.of(D));

  @Test
  void legsEnd_onNodesThatLeftOrRestarted() {
    assertThat(LiveTurns.lost(WITH_D, Cluster.EMPTY)).containsExactly(D.id());
    assertThat(LiveTurns.lost(WITH_D, Cluster.of(List.of(TestNodes.restarted(D)))))
        .containsExactly(D.id());
  }

  @Test
  void legsGoOn_whenTheSameLifeGetsABetterName() {
    Node guessed = TestNodes.node("d", Role.DECODE, Connectors.NIXL, "l1700000000000.1");
    assertThat(LiveTurns.lost(Cluster.of(List.of(guessed)), WITH_D)).isEmpty();
  }

  @Test
  void legsEnd_onANodeThatRefusesConnections_once() {
    Cluster refusing = Cluster.of(List.of(TestNodes.suspect(Suspicion.REFUSED, D)));
    assertThat(LiveTurns.lost(WITH_D, refusing)).containsExactly(D.id());
    assertThat(LiveTurns.lost(refusing, refusing)).isEmpty();
  }

  @Test
  void legsGoOn_onNodesThatAreSlowDrainingOrTheSame() {
    Cluster slow = Cluster.of(List.of(TestNodes.suspect(Suspicion.TIMED_OUT, D)));
    assertThat(LiveTurns.lost(WITH_D, slow)).isEmpty();
    assertThat(LiveTurns.lost(WITH_D, Cluster.of(List.of(TestNodes.in(NodeState.DRAINING, D)))))
        .isEmpty();
    assertThat(LiveTurns.lost(WITH_D, WITH_D)).isEmpty();
    assertThat(LiveTurns.lost(Cluster.EMPTY, WITH_D)).isEmpty();
  }
}
