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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class EngineHealthTest {

  private static final Node P = TestNodes.node("p", Role.PREFILL, Connectors.NIXL);
  private static final Node D = TestNodes.node("d", Role.DECODE, Connectors.NIXL);

  private long now;
  private final EngineHealth health = new EngineHealth(false, () -> now);

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "CONNECT_TIMEOUT", "LOST"})
  void brokenConnections_takeANodeOut(LegFault fault) {
    for (int i = 0; i < 3; i++) {
      assertThat(health.node(D)).isTrue();
      health.learn(new Fact.Broke(D, fault, Leg.DECODE));
    }
    assertThat(health.node(D)).isFalse();
    assertThat(health.lastResort(D)).isTrue();
    assertThat(health.node(P)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"BUSY", "NONSENSE"})
  void whatSaysNothingOfTheNode_doesNot(LegFault fault) {
    for (int i = 0; i < 10; i++) {
      assertThat(health.learn(new Fact.Broke(D, fault, Leg.DECODE))).isFalse();
    }
    assertThat(health.node(D)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "CONNECT_TIMEOUT"})
  void unreachableNode_isWorthAskingAtOnce(LegFault fault) {
    assertThat(health.learn(new Fact.Broke(D, fault, Leg.DECODE))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"REFUSED", "CONNECT_TIMEOUT"})
  void reachableNode_isNotReported(LegFault fault) {
    assertThat(health.learn(new Fact.Broke(D, fault, Leg.DECODE))).isFalse();
  }

  @Test
  void answers_keepANodeIn() {
    for (int i = 0; i < 12; i++) {
      health.learn(new Fact.Answered(D));
      health.learn(new Fact.Broke(D, LegFault.LOST, Leg.DECODE));
      health.learn(new Fact.Answered(D));
    }
    assertThat(health.node(D)).isTrue();
  }

  @Test
  void twoSilentTurnsWithoutASignOfLife_makeANodeSuspect() {
    assertThat(health.learn(new Fact.Silent(D, false))).isFalse();
    assertThat(health.node(D)).isTrue();
    assertThat(health.learn(new Fact.Silent(D, false))).isTrue();
    assertThat(health.node(D)).isFalse();
  }

  @Test
  void silenceOfANodeThatShowsLife_countsAgainstNobody() {
    for (int i = 0; i < 5; i++) {
      assertThat(health.learn(new Fact.Silent(D, true))).isFalse();
    }
    assertThat(health.node(D)).isTrue();
  }

  @Test
  void anAnswerBetween_endsTheSilence() {
    health.learn(new Fact.Silent(D, false));
    health.learn(new Fact.Answered(D));
    assertThat(health.learn(new Fact.Silent(D, false))).isFalse();
    assertThat(health.node(D)).isTrue();
  }

  @Test
  void lostHandoffs_suspendThePair_notTheNodes() {
    for (int i = 0; i < 3; i++) {
      assertThat(health.learn(new Fact.HandoffLost(P, D))).isFalse();
    }
    assertThat(health.pair(P, D)).isFalse();
    assertThat(health.node(P)).isTrue();
    assertThat(health.node(D)).isTrue();
    assertThat(health.suspendedPairs()).hasSize(1);
    health.tries(P, D);
    health.learn(new Fact.HandedOff(P, D));
    assertThat(health.pair(P, D)).isTrue();
  }

  @Test
  void nodesThatLeft_areForgotten() {
    for (int i = 0; i < 3; i++) {
      health.learn(new Fact.Broke(D, LegFault.LOST, Leg.DECODE));
      health.learn(new Fact.HandoffLost(P, D));
    }
    health.learn(new Fact.Silent(P, false));
    health.keepOnly(Set.of(), Set.of());
    assertThat(health.node(D)).isTrue();
    assertThat(health.pair(P, D)).isTrue();
    assertThat(health.learn(new Fact.Silent(P, false))).isFalse();
  }

  @Test
  void p2pNccl_decodesAlone_onlyWithThePatch() {
    Node p2p = TestNodes.node("d", Role.DECODE, Connectors.P2P_NCCL, "e");
    assertThat(health.alone(p2p)).isFalse();
    assertThat(health.alone(D)).isTrue();
    assertThat(new EngineHealth(true, () -> now).alone(p2p)).isTrue();
  }
}
