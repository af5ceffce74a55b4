package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.connector.Connectors;
import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.NodeWork;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Nodes;
import io.turnpike.node.Role;
import io.turnpike.turn.Effect.Burden;
import io.turnpike.turn.Effect.Slot;
import io.turnpike.turn.InflightLoad.Reservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InflightLoadTest {

  private static final Node D = Nodes.node("d", Role.DECODE, Connectors.NIXL);
  private static final NodeId NODE = D.id();
  private static final double A_THIRD = 1 / Math.E;

  private long now = 5_000_000_000L;
  private final AnswerLengths answers = new AnswerLengths();
  private final InflightLoad load = new InflightLoad(answers, () -> now);
  private final NodeWork work = new NodeWork();

  private static Effect.Reserve answer(long prompt, long answer, long compute) {
    return new Effect.Reserve(Slot.ANSWER, D, new Burden(prompt, answer, compute, compute));
  }

  private static Effect.Reserve prefill(long prompt) {
    return new Effect.Reserve(Slot.PREFILL, D, new Burden(prompt, 0, prompt, prompt));
  }

  private void after(double millis) {
    now += Math.round(millis * 1e6);
  }

  private NodeWork work() {
    load.tell(NODE, work);
    return work;
  }

  @Test
  void place_countsUntilItIsGivenBack_once() {
    Reservation place = load.reserve(answer(800, 200, 300));
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
  void anAnswersWork_isItsPromptFirst_thenItsTokens() {
    Reservation place = load.reserve(answer(1_000, 100, 300));
    after(7);
    assertThat(work().promptTokens).isEqualTo(300);
    assertThat(work.promptSquares).isEqualTo(300_000);
    assertThat(work.headMillis).isEqualTo(7);
    assertThat(List.of(work.handedOver, work.decodes, work.committed)).containsExactly(0, 0, 1);
    assertThat(work.committedContext).isEqualTo(1_000);
    assertThat(work.committedTokens).isEqualTo(100);

    place.promptDone();
    after(40);
    assertThat(work().promptTokens).isZero();
    assertThat(work.headMillis).isZero();
    assertThat(List.of(work.handedOver, work.decodes, work.committed)).containsExactly(0, 1, 0);
    assertThat(work.contextTokens).isEqualTo(1_000);
    assertThat(work.expectedTokens).isEqualTo(100);
    assertThat(work.decodingMillis).isEqualTo(40);

    place.release();
    assertThat(work().decodes).isZero();
    assertThat(work.decodingMillis).isZero();
    assertThat(work.committedTokens).isZero();
  }

  @Test
  void aPromptForAnother_isHandedOver_andHasNoAnswerHere() {
    Reservation first = load.reserve(prefill(500));
    after(10);
    load.reserve(prefill(200));
    assertThat(work().handedOver).isEqualTo(2);
    assertThat(work.promptTokens).isEqualTo(700);
    assertThat(work.committed).isZero();
    assertThat(work.headMillis).as("it is at the first").isEqualTo(10);
    first.release();
    after(3);
    assertThat(work().handedOver).isEqualTo(1);
    assertThat(work.headMillis).as("now at the second").isEqualTo(3);
    assertThat(work.decodes).isZero();
  }

  @Test
  void aTurnThatLeavesBeforeItsFirstToken_leavesNothing() {
    load.reserve(answer(1_000, 100, 300)).release();
    assertThat(work().promptTokens).isZero();
    assertThat(work.committed).isZero();
    assertThat(work.committedContext).isZero();
    assertThat(work.decodes).isZero();
  }

  @Test
  void whatIsComputedForAnother_isHeldThere() {
    load.reserve(prefill(1_000)).release();
    assertThat(work().heldTokens).isZero();
  }

  @Test
  void whatCameIntoMemory_fades() {
    load.reserve(answer(1_000, 100, 300)).release();
    assertThat(work().heldTokens).isEqualTo(400);
    after(30_000);
    assertThat(work().heldTokens).isCloseTo(400 * A_THIRD, within(1e-9));
  }

  @Test
  void answers_areGuessedByThoseThatWere_withinWhatIsAllowed() {
    for (int i = 0; i < 1_000; i++) {
      answers.learn(40);
    }
    load.reserve(answer(10, 1_000, 10));
    assertThat(work().committedTokens).isCloseTo(40, within(0.01));
    load.reserve(answer(10, 5, 10));
    assertThat(work().committedTokens).isCloseTo(45, within(0.01));
  }

  @Test
  void anAnswerWithoutALimit_isExpectedToBeAsLongAsOthersWere() {
    for (int i = 0; i < 1_000; i++) {
      load.answered(700);
    }
    load.reserve(answer(100, -1, 0));
    assertThat(work().committedTokens).isCloseTo(700, within(1.0));
    load.reserve(answer(100, 50, 0));
    assertThat(work().committedTokens).isCloseTo(750, within(1.0));
  }

  @Test
  void unknownNode_isIdle() {
    assertThat(load.inflightTokens(NODE)).isZero();
    assertThat(load.waitingTokens(NODE)).isZero();
    assertThat(load.inflightTurns(NODE)).isZero();
    work.decodes = 7;
    assertThat(work().decodes).isZero();
  }

  @Test
  void nodeThatLeft_isForgotten_whenNothingIsUnderWayThere() {
    Reservation place = load.reserve(prefill(10));
    load.keepOnly(Set.of());
    assertThat(load.inflightTokens(NODE)).isEqualTo(10);
    place.release();
    load.keepOnly(Set.of());
    assertThat(load.inflightTokens(NODE)).isZero();
  }

  @Property(tries = 200)
  void placesNeverLeak(@ForAll List<@IntRange(min = 0, max = 100_000) Integer> tokens) {
    InflightLoad many = new InflightLoad(answers, () -> now);
    List<Reservation> places = new ArrayList<>();
    long sum = 0;
    for (int each : tokens) {
      int answer = Math.min(each / 3, 1_024);
      places.add(many.reserve(answer(each - answer, answer, each / 2)));
      sum += each;
      assertThat(many.inflightTokens(NODE)).isEqualTo(sum);
    }
    places.forEach(Reservation::release);
    assertThat(many.inflightTokens(NODE)).isZero();
    assertThat(many.waitingTokens(NODE)).isZero();
  }
}
