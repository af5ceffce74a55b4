package io.turnpike.turn;

import static io.turnpike.turn.EffectWords.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.NodeState;
import io.turnpike.node.Suspicion;
import io.turnpike.turn.TurnMachine.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows of {@link TurnMachine}'s table about a decode leg that does not do it. */
class DecodeLegTest {

  // --- row: D failed, empty, with params ---

  @ParameterizedTest
  @EnumSource(names = {"FAILED", "EMPTY"})
  void handoffLost_triesTheSameDecodeNode_throughAnotherPrefillNode(Verdict verdict) {
    OneTurn turn = OneTurn.handedOver("p1", "p2", "d1", "d2");
    assertThat(told(turn.judged(2, verdict, 200)))
        .containsExactly("note answered d1", "note handoff lost p1-d1", "send 3: p2 for d1");
    assertThat(turn.reason()).isEqualTo("handoff-lost");
    turn.prefilled(3);
    assertThat(told(turn.judged(4, verdict, 200)))
        .as("then elsewhere, and after two handoffs in vain alone")
        .containsExactly("note answered d1", "note handoff lost p2-d1", "send 5: d2");
    assertThat(told(turn.judged(5, verdict, 200)))
        .as("then the one whose plain prompt was never tried")
        .containsExactly("note answered d2", "send 6: d1");
    assertThat(told(turn.judged(6, verdict, 500)))
        .as("four tries")
        .containsExactly("note answered d1", "words of 6", "end: failed");
    assertThat(turn.machine().record().tries()).isEqualTo(4);
    assertThat(turn.machine().record().lostHandoffs()).isEqualTo(2);
  }

  @Test
  void handoffLost_goesElsewhere_whenThereIsNoOtherPrefillNode() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2");
    assertThat(turn.judged(2, Verdict.FAILED, 500)).contains("send 3: p1 for d2");
    assertThat(turn.machine().record().troubles())
        .containsExactly("handoff p1→d1: d1 answered 500");
  }

  @Test
  void handoffLost_triesThePlainPrompt_whenNobodyElseIsLeft() {
    OneTurn turn = OneTurn.handedOver("p1", "d1");
    assertThat(told(turn.judged(2, Verdict.FAILED, 500)))
        .containsExactly("note answered d1", "note handoff lost p1-d1", "send 3: d1");
  }

  @Test
  void handoffLost_isTriedAgain_whereDecodeCannotDoWithout() {
    OneTurn turn = OneTurn.over(Connectors.P2P_NCCL, "p1", "d1").begun();
    turn.prefilled(1);
    assertThat(turn.judged(2, Verdict.FAILED, 500)).contains("send 3: p1 for d1");
    turn.prefilled(3);
    assertThat(told(turn.judged(4, Verdict.FAILED, 500))).contains("words of 4", "end: failed");
  }

  @Test
  void handoffLost_goesElsewhere_whenDecodeDrains() {
    OneTurn turn = OneTurn.handedOver("p1", "p2", "d1", "d2");
    turn.becomes("d1", NodeState.DRAINING);
    assertThat(turn.judged(2, Verdict.FAILED, 500)).contains("send 3: p1 for d2");
  }

  @Test
  void handoffLost_triesThePlainPrompt_beforeSuspects() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2", "d3");
    turn.becomes("d2", NodeState.SUSPECT);
    turn.becomes("d3", NodeState.SUSPECT);
    assertThat(turn.judged(2, Verdict.FAILED, 500)).contains("send 3: d1");
    assertThat(turn.broke(3, LegFault.LOST)).contains("send 4: p1 for d2");
  }

  @Test
  void decodeThatFailed_isAskedAgain_beforeOneThatRefusesConnections() {
    OneTurn turn = OneTurn.over("d1", "d2").begun();
    turn.isSuspect("d2", Suspicion.REFUSED);
    assertThat(turn.broke(1, LegFault.LOST)).contains("send 2: d1");
    assertThat(turn.broke(2, LegFault.LOST)).as("the table may be late").contains("send 3: d2");
    assertThat(turn.broke(3, LegFault.REFUSED)).contains("end: failed");
  }

  @Test
  void theLastChance_isTheLeastSuspects() {
    OneTurn turn = OneTurn.over("d1", "d2").begun();
    turn.isSuspect("d1", Suspicion.TIMED_OUT);
    assertThat(turn.broke(1, LegFault.LOST)).contains("send 2: d2");
    turn.isSuspect("d2", Suspicion.REFUSED);
    assertThat(turn.broke(2, LegFault.REFUSED)).as("d1 may only be busy").contains("send 3: d1");
    assertThat(turn.broke(3, LegFault.LOST)).as("once a turn").contains("end: failed");
  }

  @Test
  void theLastChance_isTheLastOnes_amongEquals_andNobodysWhoIsGone() {
    OneTurn turn = OneTurn.over("d1", "d2").begun();
    turn.broke(1, LegFault.LOST);
    assertThat(turn.broke(2, LegFault.LOST)).contains("send 3: d2");
    OneTurn gone = OneTurn.over("d1", "d2").begun();
    gone.broke(1, LegFault.LOST);
    gone.becomes("d1", NodeState.GONE);
    gone.leaves("d2");
    assertThat(gone.broke(2, LegFault.LOST)).contains("end: failed");
  }

  @Test
  void handoffLost_leavesADecodeNodeAlone_thatIsNotReadyAnyMore() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2");
    turn.judged(2, Verdict.FAILED, 500);
    turn.prefilled(3);
    turn.becomes("d1", NodeState.SUSPECT);
    assertThat(turn.judged(4, Verdict.BUSY, 503)).contains("send 5: d2");
  }

  // --- row: D failed, empty, busy, cut ---

  @ParameterizedTest
  @EnumSource(names = {"BUSY", "CUT"})
  void decodeThatCannot_isLeftAtOnce_andItsPairIsNotBlamed(Verdict verdict) {
    OneTurn turn = OneTurn.handedOver("p1", "p2", "d1", "d2");
    assertThat(turn.judged(2, verdict, verdict == Verdict.BUSY ? 503 : 200))
        .doesNotContain("note handoff lost p1-d1")
        .contains("send 3: p1 for d2");
    turn.prefilled(3);
    assertThat(told(turn.judged(4, Verdict.BUSY, 429)))
        .as("only then the same one once more")
        .containsExactly("note busy d2", "send 5: d2");
    assertThat(told(turn.judged(5, Verdict.BUSY, 429)))
        .as("once a turn")
        .containsExactly("note busy d2", "words of 5", "end: failed");
  }

  @Test
  void decodeThatCuts_isNotSaidToHaveAnswered() {
    OneTurn turn = OneTurn.over("d1", "d2").begun();
    assertThat(told(turn.judged(1, Verdict.CUT, 200))).containsExactly("send 2: d2");
    assertThat(turn.machine().record().troubles()).containsExactly("d1 broke its answer off");
    assertThat(turn.reason()).isEqualTo("no-prefill");
  }

  @Test
  void decodeThatFailsThePlainPrompt_losesNoHandoff() {
    OneTurn turn = OneTurn.over("d1", "d2").begun();
    assertThat(told(turn.judged(1, Verdict.FAILED, 500)))
        .containsExactly("note answered d1", "send 2: d2");
    turn.judged(2, Verdict.EMPTY, 200);
    assertThat(turn.machine().record().troubles())
        .containsExactly("d1 answered 500", "d2 answered nothing");
    assertThat(turn.machine().record().lostHandoffs()).isZero();
    assertThat(told(turn.judged(3, Verdict.FAILED, 200)))
        .as("an error event has no words that could be passed on")
        .containsExactly(
            "note answered d2", "error: decode failed: d2 failed in a 200", "end: failed");
  }

  @Test
  void decodeThatFailed_isNotAskedAgain_whenItLeft() {
    OneTurn turn = OneTurn.over("d1").begun();
    turn.leaves("d1");
    assertThat(told(turn.judged(1, Verdict.BUSY, 503)))
        .containsExactly("note busy d1", "words of 1", "end: failed");
    OneTurn gone = OneTurn.over("d1").begun();
    gone.becomes("d1", NodeState.GONE);
    assertThat(told(gone.judged(1, Verdict.BUSY, 503))).contains("end: failed");
  }

  // --- row: D broke, silent, is lost ---

  @Test
  void decodeBroke_goesElsewhere_andTheHandoffIsOnlyLostIfItGotTheRequest() {
    OneTurn never = OneTurn.handedOver("p1", "d1", "d2");
    assertThat(told(never.broke(2, LegFault.REFUSED)))
        .containsExactly("note decode d1 refused", "send 3: p1 for d2");
    assertThat(never.reason()).isEqualTo("decode-failed");
    assertThat(never.machine().record().lostHandoffs()).isZero();
    OneTurn broke = OneTurn.handedOver("p1", "d1", "d2");
    assertThat(told(broke.broke(2, LegFault.LOST)))
        .containsExactly("note decode d1 lost", "send 3: p1 for d2");
    assertThat(broke.reason()).isEqualTo("handoff-lost");
    assertThat(broke.machine().record().lostHandoffs()).isEqualTo(1);
  }

  @Test
  void decodeSilent_goesElsewhere() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2").alive("d1");
    assertThat(told(turn.wakesAt(35)))
        .containsExactly("note silent d1 but alive", "send 3: p1 for d2");
    turn.prefilled(3);
    assertThat(turn.wakesAt(turn.due()))
        .containsSubsequence("note silent d2", "close 4", "release answer", "send 5: d2");
    assertThat(told(turn.wakesAt(turn.due())))
        .containsExactly(
            "note silent d2", "error: decode timed out: d2 was silent for too long", "end: failed");
  }

  @Test
  void decodeLost_endsItsLegAtOnce() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2");
    assertThat(turn.lost("d2")).as("not ours").isEmpty();
    assertThat(turn.lost("p1")).as("P has done its part").isEmpty();
    assertThat(told(turn.lost("d1"))).containsExactly("send 3: p1 for d2");
    assertThat(turn.good(2)).as("late").isEmpty();
    assertThat(turn.machine().record().troubles()).containsExactly("handoff p1→d1: d1 went away");
  }

  @Test
  void decodeLost_endsThePrefillLegThatWasForIt() {
    OneTurn turn = OneTurn.over("p1", "d1", "d2").begun();
    assertThat(turn.lost("d1"))
        .containsExactly(
            "close 1",
            "release prefill",
            "release answer",
            "reserve answer d2 1256 waiting 0",
            "reserve prefill p1 1000 waiting 1000",
            "send 2: p1 for d2");
    assertThat(turn.reason()).isEqualTo("decode-failed");
  }

  @Test
  void nodeLost_meansNothing_beforeTheTurnIsDecided() {
    OneTurn turn = OneTurn.over("p1", "d1");
    assertThat(turn.lost("d1")).isEmpty();
    assertThat(turn.begins()).contains("send 1: p1 for d1");
  }

  @Test
  void tries_areFour() {
    OneTurn turn = OneTurn.over("d1", "d2", "d3", "d4", "d5").begun();
    for (int leg = 1; leg < 4; leg++) {
      assertThat(turn.broke(leg, LegFault.LOST)).anyMatch(said -> said.startsWith("send"));
    }
    assertThat(told(turn.broke(4, LegFault.LOST))).last().isEqualTo("end: failed");
    assertThat(turn.machine().record().tries()).isEqualTo(4);
  }

  @Test
  void everyTryIsCounted_whicheverWayTheTurnFails() {
    OneTurn turn = OneTurn.over(Connectors.P2P_NCCL, "p1", "p2", "p3", "p4", "p5", "d1").begun();
    for (int leg = 1; leg < 4; leg++) {
      assertThat(turn.prefillAnswers(leg, 500)).anyMatch(said -> said.startsWith("send"));
    }
    assertThat(told(turn.prefillAnswers(4, 500))).contains("words of 4", "end: failed");
    OneTurn lost = OneTurn.over("p1", "d1", "d2", "d3", "d4", "d5").begun();
    for (int tries = 0; tries < 4; tries++) {
      lost.lost(lost.answering());
    }
    assertThat(lost.machine().state()).isEqualTo(State.ENDED);
  }
}
