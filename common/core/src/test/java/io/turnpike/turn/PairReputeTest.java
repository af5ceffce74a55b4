package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Node;
import io.turnpike.node.Nodes;
import io.turnpike.node.Role;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Repute.Lesson;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PairReputeTest {

  private static final Node P = Nodes.node("p", Role.PREFILL, Connectors.NIXL);
  private static final Node D = Nodes.node("d", Role.DECODE, Connectors.NIXL);
  private static final Node OTHER = Nodes.node("d2", Role.DECODE, Connectors.NIXL);

  private long now = 1_000;
  private final Repute repute = new Repute(() -> now);

  @Test
  void pair_isLeftAlone_afterThreeLostInARow_andOtherPairsAreNot() {
    assertThat(lose(2)).isEqualTo(Lesson.NOTED);
    assertThat(repute.pair(P, D)).isTrue();
    assertThat(lose(1)).isEqualTo(Lesson.PAIR_SUSPENDED);
    assertThat(repute.pair(P, D)).isFalse();
    assertThat(repute.pair(P, OTHER)).isTrue();
    assertThat(repute.node(P)).isTrue();
    assertThat(repute.node(D)).isTrue();
    assertThat(repute.suspendedPairs())
        .containsExactly(new SuspendedPair(P.id(), D.id(), 3, Duration.ofSeconds(5)));
  }

  @Test
  void oneTurnTriesIt_afterFiveSeconds_andTheOthersWait() {
    lose(3);
    pass(Duration.ofMillis(4_999));
    assertThat(repute.pair(P, D)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(repute.pair(P, D)).isTrue();
    repute.tries(P, D);
    assertThat(repute.pair(P, D)).isFalse();
  }

  @Test
  void eachFailureDoublesThePause_upToAMinute() {
    lose(3);
    long[] pauses = {10, 20, 40, 60, 60};
    for (long seconds : pauses) {
      pass(Duration.ofMinutes(2));
      assertThat(repute.pair(P, D)).isTrue();
      repute.tries(P, D);
      assertThat(lose(1)).as("known already").isEqualTo(Lesson.NOTED);
      assertThat(repute.suspendedPairs().getFirst().nextTryIn())
          .isEqualTo(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void success_clearsIt() {
    lose(3);
    pass(Duration.ofSeconds(5));
    repute.tries(P, D);
    assertThat(repute.learn(new Fact.HandedOff(P, D))).isEqualTo(Lesson.PAIR_RESTORED);
    assertThat(repute.pair(P, D)).isTrue();
    assertThat(repute.suspendedPairs()).isEmpty();
    lose(2);
    assertThat(repute.pair(P, D)).as("it counts from the beginning").isTrue();
    assertThat(repute.learn(new Fact.HandedOff(P, D))).isEqualTo(Lesson.NOTED);
  }

  @Test
  void newLife_isAnotherPair_andOldOnesAreForgotten() {
    lose(3);
    Node prefillAgain = Nodes.restarted(P);
    assertThat(repute.pair(prefillAgain, D)).isTrue();
    assertThat(repute.pair(P, Nodes.restarted(D))).isTrue();
    repute.keepOnly(Set.of(), Set.of(P.epoch()));
    assertThat(repute.suspendedPairs()).hasSize(1);
    repute.keepOnly(Set.of(P.id(), D.id()), Set.of(prefillAgain.epoch()));
    assertThat(repute.suspendedPairs()).isEmpty();
  }

  @Test
  void pairs_areShownInOrder() {
    lose(3);
    for (int i = 0; i < 3; i++) {
      repute.learn(new Fact.HandoffLost(P, OTHER));
    }
    repute.learn(new Fact.HandoffLost(OTHER, D));
    assertThat(repute.suspendedPairs())
        .extracting(SuspendedPair::decode)
        .containsExactly(D.id(), OTHER.id());
  }

  @Test
  void pairThatWasNeverLost_isTriedWithoutATrace() {
    repute.tries(P, D);
    assertThat(repute.learn(new Fact.HandedOff(P, D))).isEqualTo(Lesson.NOTED);
    assertThat(repute.pair(P, D)).isTrue();
    assertThat(repute.suspendedPairs()).isEmpty();
  }

  private Lesson lose(int times) {
    Lesson lesson = Lesson.NOTED;
    for (int i = 0; i < times; i++) {
      lesson = repute.learn(new Fact.HandoffLost(P, D));
    }
    return lesson;
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
