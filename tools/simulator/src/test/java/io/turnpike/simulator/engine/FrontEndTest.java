package io.turnpike.simulator.engine;

import static io.turnpike.simulator.engine.Engines.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.cost.FrontEndCosts;
import org.junit.jupiter.api.Test;

/** The way in: 8 ms one after the other, 4 ms side by side, 0.01 ms a cached token. */
class FrontEndTest {

  private final FrontEnd frontEnd = new FrontEnd(new FrontEndCosts(4, 8, 0.01, 0));

  @Test
  void aLoneRequest_takesBoth() {
    Sequence only = sequence("a");
    frontEnd.enter(only, 0, 0);
    assertThat(frontEnd.nextNanos()).isEqualTo(12 * MILLI);
    assertThat(frontEnd.poll(12 * MILLI - 1)).isNull();
    assertThat(frontEnd.poll(12 * MILLI)).isSameAs(only);
    assertThat(frontEnd.nextNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void requestsAtOnce_queueForTheSerialPartOnly() {
    frontEnd.enter(sequence("a"), 0, 0);
    frontEnd.enter(sequence("b"), 0, 0);
    frontEnd.poll(12 * MILLI);
    assertThat(frontEnd.nextNanos()).isEqualTo(20 * MILLI);
  }

  @Test
  void cachedTokens_takeTime_andNobodyOvertakes() {
    frontEnd.enter(sequence("a"), 5_000, 0);
    frontEnd.enter(sequence("b"), 0, 0);
    assertThat(frontEnd.nextNanos()).isEqualTo(62 * MILLI);
    frontEnd.poll(62 * MILLI);
    assertThat(frontEnd.nextNanos()).isEqualTo(62 * MILLI);
  }

  @Test
  void anIdleWayIn_hasNoMemory() {
    frontEnd.enter(sequence("a"), 0, 0);
    frontEnd.poll(12 * MILLI);
    frontEnd.enter(sequence("b"), 0, 100 * MILLI);
    assertThat(frontEnd.nextNanos()).isEqualTo(112 * MILLI);
  }

  @Test
  void whoLeaves_hasSpentItsSerialPart() {
    Sequence leaving = sequence("a");
    frontEnd.enter(leaving, 0, 0);
    frontEnd.enter(sequence("b"), 0, 0);
    frontEnd.leave(leaving);
    assertThat(frontEnd.size()).isEqualTo(1);
    assertThat(frontEnd.nextNanos()).isEqualTo(20 * MILLI);
  }

  private static Sequence sequence(String id) {
    return new Sequence(Engines.request(id, 1, 16, 1), 0);
  }
}
