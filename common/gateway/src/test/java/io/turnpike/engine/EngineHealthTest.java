package io.turnpike.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Leg;
import io.turnpike.turn.LegFault;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code NodeReputeTest} and {@code PairReputeTest} show of repute holds for a gateway. */
class EngineHealthTest {

  private static final Node P = TestNodes.node("p", Role.PREFILL, Connectors.NIXL);
  private static final Node D = TestNodes.node("d", Role.DECODE, Connectors.NIXL);

  private long now;
  private final EngineHealth health = new EngineHealth(false, () -> now);

  @Test
  void nodeThatCannotBeReached_isReported_andAvoided_untilItLeft() {
    for (int i = 0; i < 3; i++) {
      assertThat(health.learn(new Fact.Broke(D, LegFault.REFUSED, Leg.DECODE))).isTrue();
    }
    assertThat(health.learn(new Fact.Broke(D, LegFault.LOST, Leg.DECODE))).isFalse();
    assertThat(health.node(D)).isFalse();
    assertThat(health.lastResort(D)).isTrue();
    assertThat(health.node(P)).isTrue();
    health.keepOnly(Set.of(P.id()), Set.of());
    assertThat(health.node(D)).isTrue();
  }

  @Test
  void pairWhoseHandoffsFail_isSuspended_triedByOneTurn_andRestored() {
    for (int i = 0; i < 3; i++) {
      assertThat(health.learn(new Fact.HandoffLost(P, D))).isFalse();
    }
    assertThat(health.pair(P, D)).isFalse();
    assertThat(health.suspendedPairs()).hasSize(1);
    now = 5_000_000_000L;
    assertThat(health.pair(P, D)).isTrue();
    health.tries(P, D);
    assertThat(health.pair(P, D)).isFalse();
    assertThat(health.learn(new Fact.HandedOff(P, D))).isFalse();
    assertThat(health.pair(P, D)).isTrue();
    assertThat(health.suspendedPairs()).isEmpty();
  }

  @Test
  void p2pNccl_decodesAlone_onlyWithThePatch() {
    Node p2p = TestNodes.node("d", Role.DECODE, Connectors.P2P_NCCL, "e");
    assertThat(health.alone(p2p)).isFalse();
    assertThat(health.alone(D)).isTrue();
    assertThat(new EngineHealth(true, () -> now).alone(p2p)).isTrue();
  }
}
