package io.turnpike.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.engine.InflightLoad.Reservation;
import io.turnpike.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InflightLoadTest {

  private static final NodeId NODE = new NodeId("d");

  private final InflightLoad load = new InflightLoad();

  @Test
  void place_countsUntilItIsGivenBack_once() {
    Reservation place = load.reserve(NODE, 1_000, 300);
    assertThat(load.inflightTokens(NODE)).isEqualTo(1_000);
    assertThat(load.waitingTokens(NODE)).isEqualTo(300);
    assertThat(load.inflightTurns(NODE)).isEqualTo(1);
    place.promptDone();
    place.promptDone();
    assertThat(load.waitingTokens(NODE)).isZero();
    assertThat(load.inflightTokens(NODE)).isEqualTo(1_000);
    place.release();
    place.release();
    assertThat(load.inflightTokens(NODE)).isZero();
    assertThat(load.waitingTokens(NODE)).isZero();
    assertThat(load.inflightTurns(NODE)).isZero();
  }

  @Test
  void unknownNode_isIdle() {
    assertThat(load.inflightTokens(NODE)).isZero();
    assertThat(load.waitingTokens(NODE)).isZero();
    assertThat(load.inflightTurns(NODE)).isZero();
  }

  @Test
  void nodeThatLeft_isForgotten_whenNothingIsUnderWayThere() {
    Reservation place = load.reserve(NODE, 10, 10);
    load.keepOnly(Set.of());
    assertThat(load.inflightTokens(NODE)).isEqualTo(10);
    place.release();
    load.keepOnly(Set.of());
    assertThat(load.inflightTokens(NODE)).isZero();
  }

  @Property(tries = 200)
  void placesNeverLeak(@ForAll List<@IntRange(min = 0, max = 100_000) Integer> tokens) {
    InflightLoad many = new InflightLoad();
    List<Reservation> places = new ArrayList<>();
    long sum = 0;
    for (int each : tokens) {
      places.add(many.reserve(NODE, each, each / 2));
      sum += each;
      assertThat(many.inflightTokens(NODE)).isEqualTo(sum);
    }
    places.forEach(Reservation::release);
    assertThat(many.inflightTokens(NODE)).isZero();
    assertThat(many.waitingTokens(NODE)).isZero();
  }
}
