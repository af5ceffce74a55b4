package io.turnpike.turn;

import static io.turnpike.turn.EffectWords.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.routing.Mode;
import io.turnpike.routing.ReplicaPolicy;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.TurnFacts;
import io.turnpike.routing.TurnFacts.Holder;
import io.turnpike.turn.Event.Ending;
import io.turnpike.turn.TurnMachine.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rows of {@link TurnMachine}'s table about an answer that breaks off and goes on elsewhere.
 */
class ResumingTest {

  /** A turn over P whose first words the client has seen, of leg 2. */
  static OneTurn passing(String... names) {
    OneTurn turn = OneTurn.over(names).resumable().begun();
    turn.prefilled(1);
    turn.good(2);
    return turn;
  }

  /** One whose answer broke off: leg 3 asks for tokens. */
  static OneTurn cut(String... names) {
    OneTurn turn = passing(names);
    turn.broke(2, LegFault.LOST);
    return turn;
  }

  // --- row: D good ---

  @Test
  void theBody_isOnlyKept_whileTheAnswerMayGoOn() {
    OneTurn turn = OneTurn.over("d1").resumable().begun();
    assertThat(turn.good(1))
        .containsExactly("note answered d1", "prompt done", "remember d1", "keep body", "pass 1");
    assertThat(turn.ended(1, Ending.WHOLE))
        .containsExactly("release answer", "drop body", "end: answered");
  }

  // --- row: an answer breaks off ---

  enum Cut {
    BROKE,
    LOST,
    SILENT,
    ENDED
  }

  private static List<String> happens(Cut cut, OneTurn turn) {
    return switch (cut) {
      case BROKE -> turn.broke(2, LegFault.LOST);
      case LOST -> turn.lost("d1");
      case SILENT -> turn.wakesAt(121, 1);
      case ENDED -> turn.ended(2, Ending.CUT);
    };
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatBreaksOff_goesOn_whereverANewTurnWouldGo(Cut cut) {
    OneTurn turn = passing("p1", "d1", "d2");
    assertThat(happens(cut, turn))
        .as("what a client is told comes later, or never")
        .endsWith("release answer", "ask tokens 3: d2");
    assertThat(turn.machine().state()).isEqualTo(State.RESUMING);
    assertThat(turn.tokensKnown(3))
        .as("through P, as a first turn of 1,200 tokens would go, with 300 to come")
        .containsExactly(
            "reserve answer d2 1500 waiting 0",
            "reserve prefill p1 1200 waiting 1200",
            "send 4: p1 for d2");
    assertThat(turn.prefilled(4)).contains("send 5: d2 from p1");
    assertThat(turn.good(5))
        .containsExactly(
            "note answered d2",
            "note handed off p1-d2",
            "prompt done",
            "remember d2",
            "keep body",
            "go on 5: first-turn");
    assertThat(turn.machine().state()).isEqualTo(State.PASSING);
    assertThat(turn.ended(5, Ending.WHOLE)).endsWith("drop body", "end: answered");
  }

  @Test
  void anAnswerThatBreaksOff_closesItsLeg_whereTheEngineDidNot() {
    assertThat(passing("p1", "d1", "d2").lost("d1")).startsWith("close 2", "release answer");
    OneTurn ended = passing("p1", "d1", "d2");
    assertThat(ended.ended(2, Ending.CUT)).doesNotContain("close 2");
  }

  @Test
  void aSecondCut_goesOnToo_andAThirdIsTold() {
    OneTurn turn = OneTurn.over("d1", "d2", "d3").resumable().begun();
    turn.good(1);
    assertThat(turn.broke(1, LegFault.LOST)).contains("ask tokens 2: d2");
    turn.tokensKnown(2);
    assertThat(turn.good(3))
        .containsSubsequence("keep body", "go on 3: no-prefill")
        .doesNotContain("drop body");
    assertThat(turn.broke(3, LegFault.LOST))
        .as("the first one has failed long ago")
        .contains("ask tokens 4: d1");
    turn.tokensKnown(4);
    assertThat(turn.good(5))
        .containsSubsequence("remember d1", "drop body", "go on 5: no-prefill")
        .doesNotContain("keep body");
    assertThat(told(turn.broke(5, LegFault.LOST)))
        .containsExactly(
            "note decode d1 lost", "cut: decode failed: d1 " + LegFault.LOST.text(), "end: cut");
  }

  @Test
  void anAnswerThatMayNotGoOn_isCut() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2");
    turn.good(2);
    assertThat(told(turn.ended(2, Ending.CUT)))
        .containsExactly("cut: decode failed: d1 ended without [DONE]", "end: cut");
  }

  @Test
  void anErrorOfTheEngines_thatTheClientHasSeen_isTheEnd() {
    assertThat(told(passing("p1", "d1", "d2").ended(2, Ending.WITH_ERROR)))
        .containsExactly("end: cut");
  }

  @Test
  void theDeadline_isTheEnd() {
    OneTurn turn = passing("p1", "d1", "d2");
    assertThat(told(turn.wakesAt(600, 600)))
        .containsExactly("cut: not done within 600 s", "end: cut");
    OneTurn late = passing("p1", "d1", "d2");
    late.seconds = 600;
    assertThat(told(late.broke(2, LegFault.LOST)))
        .containsExactly(
            "note decode d1 lost", "cut: decode failed: d1 " + LegFault.LOST.text(), "end: cut");
  }

  @Test
  void whoHoldsAnEarlierTurn_isAsked_asForANewTurn() {
    TurnFacts later = new TurnFacts("m", 2, holder("d3"), 1_000, 600, -1, false, null);
    OneTurn turn = OneTurn.over("p1", "d1", "d2", "d3").with(later).resumable();
    turn.becomes("d3", NodeState.SUSPECT);
    turn.begun();
    turn.prefilled(1);
    turn.good(2);
    turn.becomes("d3", NodeState.READY);
    assertThat(turn.broke(2, LegFault.LOST)).contains("ask tokens 3: d3");
    assertThat(turn.tokensKnown(3))
        .containsExactly("reserve answer d3 1500 waiting 600", "send 4: d3");
  }

  private static Holder holder(String node) {
    return new Holder(new NodeId(node), new Epoch("1"));
  }

  @Test
  void theModesPolicy_decides() {
    OneTurn turn =
        OneTurn.over("p1", "d1", "d2")
            .with(new TurnFacts("m", 2, holder("d2"), 1_000, 600, -1, false, null))
            .with(RoutingPolicy.of(Mode.PD))
            .resumable()
            .begun();
    turn.prefilled(1);
    turn.good(2);
    turn.broke(2, LegFault.LOST);
    assertThat(turn.tokensKnown(3)).contains("send 4: p1 for d2");
    OneTurn replica = OneTurn.over("r1", "r2").with(new ReplicaPolicy()).resumable().begun();
    replica.good(1);
    assertThat(replica.broke(1, LegFault.LOST)).contains("ask tokens 2: r2");
    assertThat(replica.tokensKnown(2)).contains("send 3: r2");
  }

  @Test
  void theSameNode_isAskedAgain_whenNobodyElseIsThere() {
    OneTurn turn = OneTurn.over("p1", "d1").resumable().begun();
    turn.prefilled(1);
    turn.good(2);
    assertThat(turn.broke(2, LegFault.LOST)).contains("ask tokens 3: d1");
    assertThat(turn.tokensKnown(3)).contains("send 4: d1");
  }

  @Test
  void oneThatListens_isAskedBeforeASuspect() {
    OneTurn turn = passing("p1", "d1", "d2");
    turn.becomes("d2", NodeState.SUSPECT);
    assertThat(turn.broke(2, LegFault.LOST)).contains("ask tokens 3: d2");
    OneTurn gone = passing("p1", "d1", "d2");
    gone.leaves("d2");
    gone.becomes("d1", NodeState.GONE);
    assertThat(told(gone.broke(2, LegFault.LOST)))
        .containsExactly(
            "note decode d1 lost", "cut: decode failed: d1 " + LegFault.LOST.text(), "end: cut");
  }

  @Test
  void anOverlappingPrefillLeg_isClosed() {
    OneTurn turn = OneTurn.over(OverlappingConnector.INSTANCE, "p1", "d1", "d2").resumable();
    turn.begun();
    turn.good(2);
    assertThat(turn.broke(2, LegFault.LOST))
        .containsSubsequence("close 1", "release prefill", "release answer", "ask tokens 3: d2");
  }

  // --- rows: tokens known, not resumable ---

  @Test
  void aHandoffThatIsRuledOutMeanwhile_isNotTried() {
    OneTurn turn = cut("p1", "d1", "d2");
    turn.suspendedPairs.add("p1-d2");
    assertThat(turn.tokensKnown(3)).contains("send 4: d2");
    assertThat(turn.good(4)).contains("go on 4: pair-suspended");
    OneTurn other = cut("p1", "p2", "d1", "d2");
    other.suspendedPairs.add("p1-d2");
    assertThat(other.tokensKnown(3)).contains("send 4: p2 for d2");
    OneTurn nobody = cut("p1", "d1", "d2");
    nobody.suspendedPairs.add("p1-d2");
    nobody.leaves("d2");
    nobody.leaves("d1");
    assertThat(told(nobody.tokensKnown(3)))
        .containsExactly("cut: decode failed: d1 " + LegFault.LOST.text(), "end: cut");
  }

  @Test
  void notResumable_isCut_andItsReceiptSaysWhy() {
    OneTurn turn = cut("p1", "d1", "d2");
    assertThat(turn.notResumable(3))
        .containsExactly("cut: decode failed: d1 " + LegFault.LOST.text(), "drop body", "end: cut");
    assertThat(turn.machine().record().troubles())
        .containsExactly(
            "d1 " + LegFault.LOST.text() + ", and cannot go on elsewhere: nobody knows");
  }

  @Test
  void tokensOfAnotherLeg_meanNothing() {
    OneTurn turn = cut("p1", "d1", "d2", "d3");
    assertThat(turn.tokensKnown(2)).isEmpty();
    assertThat(turn.notResumable(2)).isEmpty();
    turn.tokensKnown(3);
    assertThat(turn.tokensKnown(4)).as("a leg that asks for no tokens").isEmpty();
    turn.prefilled(4);
    assertThat(turn.tokensKnown(5)).isEmpty();
    assertThat(turn.notResumable(5)).isEmpty();
    assertThat(turn.machine().state()).isEqualTo(State.DECODING);
  }

  @Test
  void anAnswer_meansNothing_whileTokensAreAsked() {
    OneTurn turn = cut("p1", "d1", "d2");
    assertThat(turn.good(3)).isEmpty();
    assertThat(turn.good(2)).isEmpty();
    assertThat(turn.ended(3, Ending.WHOLE)).isEmpty();
    assertThat(turn.machine().state()).isEqualTo(State.RESUMING);
  }

  // --- what is told of it ---

  @Test
  void theRecord_tellsHowTheAnswerBegan() {
    OneTurn turn = OneTurn.over("p1", "d1", "d2").resumable().begun();
    turn.seconds = 2;
    turn.prefilled(1);
    turn.seconds = 3;
    turn.good(2);
    turn.seconds = 50;
    turn.broke(2, LegFault.LOST);
    turn.tokensKnown(3);
    turn.prefilled(4);
    turn.seconds = 60;
    turn.good(5);
    TurnRecord record = turn.machine().record();
    assertThat(turn.answering()).isEqualTo("d1");
    assertThat(turn.reason()).isEqualTo("first-turn");
    assertThat(record.prefillNanos()).isEqualTo(OneTurn.nanos(2));
    assertThat(record.decodeSentNanos()).isEqualTo(OneTurn.nanos(2));
    assertThat(record.firstContentNanos()).isEqualTo(OneTurn.nanos(3));
    assertThat(record.troubles()).containsExactly("d1 " + LegFault.LOST.text());
    assertThat(record.tries()).isEqualTo(2);
  }
}
