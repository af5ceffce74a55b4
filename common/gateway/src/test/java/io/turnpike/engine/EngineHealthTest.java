package io.turnpike.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineHealthTest {

  private final EngineHealth health = new EngineHealth(false);
  private final Node prefill = Bodies.node("p", Role.PREFILL, Connectors.NIXL, "p1");
  private final Node decode = Bodies.node("d", Role.DECODE, Connectors.NIXL, "d1");

  @Test
  void pair_isSuspended_afterThreeLostHandoffsInARow() {
    lose(2);
    assertThat(health.pair(prefill, decode)).isTrue();
    lose(1);
    assertThat(health.pair(prefill, decode)).isFalse();
    assertThat(health.suspendedPairs()).containsExactly("p→d");
    Node other = Bodies.node("d2", Role.DECODE, Connectors.NIXL, "d1");
    assertThat(health.pair(prefill, other)).isTrue();
  }

  @Test
  void handoffThatWorks_startsTheCountAgain() {
    lose(2);
    health.handedOff(prefill, decode);
    lose(2);
    assertThat(health.pair(prefill, decode)).isTrue();
  }

  @Test
  void pair_isBack_onANewLifeOfEither() {
    lose(3);
    Node restarted = Bodies.node("p", Role.PREFILL, Connectors.NIXL, "p2");
    assertThat(health.pair(restarted, decode)).isTrue();
    assertThat(health.pair(prefill, Bodies.node("d", Role.DECODE, Connectors.NIXL, "d2"))).isTrue();
    health.keepOnly(Set.of(prefill.id(), decode.id()), Set.of(restarted.epoch(), decode.epoch()));
    assertThat(health.suspendedPairs()).isEmpty();
  }

  @Test
  void pair_staysSuspended_whileBothLive() {
    lose(3);
    health.keepOnly(Set.of(prefill.id(), decode.id()), Set.of(prefill.epoch(), decode.epoch()));
    assertThat(health.pair(prefill, decode)).isFalse();
  }

  @Test
  void node_isLeftOut_afterThreeFailures_untilItLeft() {
    fail(2);
    assertThat(health.node(decode)).isTrue();
    fail(1);
    assertThat(health.node(decode)).isFalse();
    assertThat(health.node(prefill)).isTrue();
    health.keepOnly(Set.of(), Set.of());
    assertThat(health.node(decode)).isTrue();
  }

  @Test
  void answers_keepTheBreakerClosed() {
    fail(2);
    health.answered(decode);
    health.answered(decode);
    fail(1);
    assertThat(health.node(decode)).isTrue();
  }

  @Test
  void p2pDecodeNodes_serveAlone_onlyWithThePatch() {
    Node p2p = Bodies.node("d", Role.DECODE, Connectors.P2P_NCCL, "d1");
    assertThat(health.alone(decode)).isTrue();
    assertThat(health.alone(p2p)).isFalse();
    assertThat(new EngineHealth(true).alone(p2p)).isTrue();
  }

  private void lose(int times) {
    for (int i = 0; i < times; i++) {
      health.lostHandoff(prefill, decode);
    }
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      health.failed(decode, new IOException("refused"));
    }
  }
}
