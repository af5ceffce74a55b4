package io.turnpike.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.engine.InflightLoad.Reservation;
import io.turnpike.node.NodeId;
import org.junit.jupiter.api.Test;

class InflightLoadTest {

  private static final NodeId D = new NodeId("d");

  private final InflightLoad load = new InflightLoad();

  @Test
  void places_areCountedPerNode_inTurnsAndTokens() {
    load.reserve(D, 100);
    load.reserve(D, 50);
    load.reserve(new NodeId("other"), 7);
    assertThat(load.inflightTokens(D)).isEqualTo(150);
    assertThat(load.inflightTurns(D)).isEqualTo(2);
    assertThat(load.inflightTokens(new NodeId("unknown"))).isZero();
    assertThat(load.inflightTurns(new NodeId("unknown"))).isZero();
  }

  @Test
  void place_isGivenBackOnce_howeverOftenItIsReleased() {
    Reservation first = load.reserve(D, 100);
    load.reserve(D, 50);
    first.release();
    first.release();
    assertThat(load.inflightTokens(D)).isEqualTo(50);
    assertThat(load.inflightTurns(D)).isEqualTo(1);
  }

  @Test
  void decodeTokens_areThePromptAndALikelyAnswer() {
    assertThat(InflightLoad.decodeTokens(1000, 16)).isEqualTo(1016);
    assertThat(InflightLoad.decodeTokens(1000, -1)).isEqualTo(1256);
    assertThat(InflightLoad.decodeTokens(1000, 1_000_000)).isEqualTo(2024);
  }
}
