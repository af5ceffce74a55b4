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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class NodeReputeTest {

  private static final Node D = Nodes.node("d", Role.DECODE, Connectors.NIXL);
  private static final Node OTHER = Nodes.node("d2", Role.DECODE, Connectors.NIXL);

  private long now = -1_000;
  private final Repute repute = new Repute(() -> now);

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "CONNECT_TIMEOUT", "LOST"})
  void threeBrokenLegs_takeANodeOut_butItMayBeTheLastResort(LegFault fault) {
    for (int i = 0; i < 3; i++) {
      assertThat(repute.node(D)).isTrue();
      broken(fault);
    }
    assertThat(repute.node(D)).isFalse();
    assertThat(repute.lastResort(D)).isTrue();
    assertThat(repute.node(OTHER)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"BUSY", "NONSENSE"})
  void whatSaysNothingOfTheNode_doesNot(LegFault fault) {
    for (int i = 0; i < 10; i++) {
      assertThat(broken(fault)).isEqualTo(Lesson.NOTED);
    }
    assertThat(repute.node(D)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "CONNECT_TIMEOUT"})
  void unreachableNode_isWorthAskingAtOnce(LegFault fault) {
    assertThat(broken(fault)).isEqualTo(Lesson.ASK_REGISTRY);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"REFUSED", "CONNECT_TIMEOUT"})
  void reachableNode_isNot(LegFault fault) {
    assertThat(broken(fault)).isEqualTo(Lesson.NOTED);
  }

  @Test
  void threeOfTheLastFour_areTooMany_andTwoAreNot() {
    for (int i = 0; i < 12; i++) {
      broken(2);
      answered(2);
    }
    assertThat(repute.node(D)).isTrue();
    broken(2);
    answered(1);
    broken(1);
    assertThat(repute.node(D)).isFalse();
  }

  @Test
  void itIsAvoidedForTwoSeconds() {
    broken(3);
    pass(Duration.ofSeconds(2).minusNanos(1));
    assertThat(repute.node(D)).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(repute.node(D)).isTrue();
  }

  @Test
  void whatComesOfEarlierTurnsMeanwhile_changesNothing() {
    broken(3);
    pass(Duration.ofSeconds(1));
    answered(2);
    broken(3);
    assertThat(repute.node(D)).isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(repute.node(D)).isTrue();
    broken(1);
    assertThat(repute.node(D)).isTrue();
  }

  @Test
  void onTrial_twoBrokenLegsAreTooMany() {
    broken(3);
    pass(Duration.ofSeconds(2));
    broken(1);
    assertThat(repute.node(D)).isTrue();
    broken(1);
    assertThat(repute.node(D)).isFalse();
    pass(Duration.ofSeconds(2));
    assertThat(repute.node(D)).isTrue();
  }

  @Test
  void onTrial_anAnswerRestoresIt() {
    broken(3);
    pass(Duration.ofSeconds(2));
    broken(1);
    answered(1);
    broken(2);
    assertThat(repute.node(D)).isTrue();
    broken(1);
    assertThat(repute.node(D)).isFalse();
  }

  @Test
  void twoSilentTurnsWithoutASignOfLife_makeItSuspect() {
    assertThat(silent(false)).isEqualTo(Lesson.NOTED);
    assertThat(repute.node(D)).isTrue();
    assertThat(silent(false)).isEqualTo(Lesson.ASK_REGISTRY);
    assertThat(repute.node(D)).isFalse();
    pass(Duration.ofSeconds(2));
    assertThat(repute.node(D)).isTrue();
    assertThat(silent(false)).as("it has not answered since").isEqualTo(Lesson.ASK_REGISTRY);
    assertThat(repute.node(D)).isFalse();
  }

  @Test
  void silenceOfANodeThatShowsLife_countsAgainstNobody() {
    for (int i = 0; i < 5; i++) {
      assertThat(silent(true)).isEqualTo(Lesson.NOTED);
    }
    assertThat(repute.node(D)).isTrue();
  }

  @Test
  void anAnswerBetween_endsTheSilence_alsoWhileItIsAvoided() {
    silent(false);
    answered(1);
    assertThat(silent(false)).isEqualTo(Lesson.NOTED);
    assertThat(silent(false)).isEqualTo(Lesson.ASK_REGISTRY);
    answered(1);
    assertThat(repute.node(D)).isFalse();
    assertThat(silent(false)).isEqualTo(Lesson.NOTED);
  }

  @Test
  void brokenLegsBetween_doNotEndTheSilence() {
    silent(false);
    broken(1);
    assertThat(silent(false)).isEqualTo(Lesson.ASK_REGISTRY);
  }

  @Test
  void progress_isThatOfTheTurnThatAskedLast() {
    assertThat(repute.progress(D.id())).isNull();
    now = 100;
    repute.learn(new Fact.Answered(D, 50, false));
    now = 110;
    repute.learn(new Fact.Answered(D, 40, false));
    assertThat(repute.progress(D.id())).isEqualTo(new Progress(50, 100));
    now = 120;
    repute.learn(new Fact.Answered(D, 50, false));
    assertThat(repute.progress(D.id())).isEqualTo(new Progress(50, 120));
    assertThat(repute.progress(OTHER.id())).isNull();
    repute.keepOnly(Set.of(OTHER.id()), Set.of());
    assertThat(repute.progress(D.id())).isNull();
  }

  @Test
  void aNodeThatHasNoRoomTwiceInARow_isAvoidedForASecond() {
    repute.learn(new Fact.Answered(D, 0, true));
    assertThat(repute.node(D)).isTrue();
    repute.learn(new Fact.Answered(D, 0, true));
    assertThat(repute.node(D)).isFalse();
    assertThat(repute.node(OTHER)).isTrue();
    assertThat(repute.lastResort(D)).isTrue();
    now += Duration.ofSeconds(1).toNanos() - 1;
    assertThat(repute.node(D)).isFalse();
    now++;
    assertThat(repute.node(D)).isTrue();
    repute.learn(new Fact.Answered(D, 0, true));
    assertThat(repute.node(D)).as("it was tried, and still has none").isFalse();
    repute.learn(new Fact.Answered(D, 0, false));
    assertThat(repute.node(D)).as("it answered").isTrue();
    repute.learn(new Fact.Answered(D, 0, true));
    assertThat(repute.node(D)).as("once again only").isTrue();
    repute.learn(new Fact.Answered(D, 0, true));
    repute.keepOnly(Set.of(OTHER.id()), Set.of());
    assertThat(repute.node(D)).as("it left, and is back").isTrue();
  }

  @Test
  void nodesThatLeft_areForgotten() {
    broken(3);
    repute.learn(new Fact.Silent(OTHER, false));
    repute.keepOnly(Set.of(D.id()), Set.of());
    assertThat(repute.node(D)).isFalse();
    assertThat(repute.learn(new Fact.Silent(OTHER, false))).isEqualTo(Lesson.NOTED);
    repute.keepOnly(Set.of(), Set.of());
    assertThat(repute.node(D)).isTrue();
  }

  private Lesson silent(boolean alive) {
    return repute.learn(new Fact.Silent(D, alive));
  }

  private Lesson broken(LegFault fault) {
    return repute.learn(new Fact.Broke(D, fault, Leg.DECODE));
  }

  private void broken(int times) {
    for (int i = 0; i < times; i++) {
      broken(LegFault.LOST);
    }
  }

  private void answered(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(repute.learn(new Fact.Answered(D, now, false))).isEqualTo(Lesson.NOTED);
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
