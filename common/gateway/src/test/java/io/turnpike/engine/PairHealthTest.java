package io.turnpike.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PairHealthTest {

  private static final Node P = TestNodes.node("p", Role.PREFILL, Connectors.NIXL);
  private static final Node D = TestNodes.node("d", Role.DECODE, Connectors.NIXL);
  private static final Node OTHER = TestNodes.node("d2", Role.DECODE, Connectors.NIXL);

  private long now = 1_000;
  private final PairHealth pairs = new PairHealth(() -> now);

  @Test
  void pair_isLeftAlone_afterThreeLostInARow_andOtherPairsAreNot() {
    pairs.lost(P, D);
    pairs.lost(P, D);
    assertThat(pairs.mayTry(P, D)).isTrue();
    pairs.lost(P, D);
    assertThat(pairs.mayTry(P, D)).isFalse();
    assertThat(pairs.mayTry(P, OTHER)).isTrue();
    assertThat(pairs.suspended())
        .containsExactly(new SuspendedPair(P.id(), D.id(), 3, Duration.ofSeconds(5)));
  }

  @Test
  void oneTurnTriesIt_afterFiveSeconds_andTheOthersWait() {
    lose(3);
    pass(Duration.ofMillis(4_999));
    assertThat(pairs.mayTry(P, D)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(pairs.mayTry(P, D)).isTrue();
    pairs.tries(P, D);
    assertThat(pairs.mayTry(P, D)).isFalse();
  }

  @Test
  void eachFailureDoublesThePause_upToAMinute() {
    lose(3);
    long[] pauses = {10, 20, 40, 60, 60};
    for (long seconds : pauses) {
      pass(Duration.ofMinutes(2));
      assertThat(pairs.mayTry(P, D)).isTrue();
      pairs.tries(P, D);
      pairs.lost(P, D);
      assertThat(pairs.suspended().getFirst().nextTryIn()).isEqualTo(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void success_clearsIt() {
    lose(3);
    pass(Duration.ofSeconds(5));
    pairs.tries(P, D);
    pairs.handedOff(P, D);
    assertThat(pairs.mayTry(P, D)).isTrue();
    assertThat(pairs.suspended()).isEmpty();
    lose(2);
    assertThat(pairs.mayTry(P, D)).as("it counts from the beginning").isTrue();
  }

  @Test
  void newLife_isAnotherPair_andOldOnesAreForgotten() {
    lose(3);
    assertThat(pairs.mayTry(TestNodes.restarted(P), D)).isTrue();
    assertThat(pairs.mayTry(P, TestNodes.restarted(D))).isTrue();
    pairs.keepOnly(Set.of(P.epoch()));
    assertThat(pairs.suspended()).hasSize(1);
    pairs.keepOnly(Set.of(TestNodes.restarted(P).epoch()));
    assertThat(pairs.suspended()).isEmpty();
  }

  @Test
  void pairThatWasNeverLost_isTriedWithoutATrace() {
    pairs.tries(P, D);
    pairs.handedOff(P, D);
    assertThat(pairs.mayTry(P, D)).isTrue();
    assertThat(pairs.suspended()).isEmpty();
  }

  private void lose(int times) {
    for (int i = 0; i < times; i++) {
      pairs.lost(P, D);
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
