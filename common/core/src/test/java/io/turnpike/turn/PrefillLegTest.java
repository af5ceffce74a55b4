package io.turnpike.turn;

import static io.turnpike.turn.EffectWords.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.NodeState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of {@link TurnMachine}'s table about a prefill leg that does not do it. */
class PrefillLegTest {

  // --- row: P answered without params ---

  @Test
  void paramsMissing_isALostHandoff_andAnotherPrefillNodeIsAsked() {
    OneTurn turn = OneTurn.over("p1", "p2", "d1").begun();
    assertThat(turn.prefillGivesNoParams(1))
        .containsExactly(
            "note answered p1",
            "release prefill",
            "note handoff lost p1-d1",
            "release answer",
            "reserve answer d1 1256 waiting 0",
            "reserve prefill p2 1000 waiting 1000",
            "send 2: p2 for d1");
    assertThat(turn.reason()).isEqualTo("handoff-lost");
    assertThat(told(turn.prefillGivesNoParams(2))).contains("send 3: d1");
    assertThat(turn.reason()).isEqualTo("handoff-lost");
    assertThat(turn.machine().record().lostHandoffs()).isEqualTo(2);
    assertThat(turn.machine().record().troubles())
        .containsExactly(
            "handoff p1→d1: prefill gave no kv_transfer_params",
            "handoff p2→d1: prefill gave no kv_transfer_params");
  }

  @Test
  void paramsMissing_meansNothing_whereTheConnectorNeedsNone() {
    OneTurn turn = OneTurn.over(Connectors.SHARED_STORAGE, "p1", "d1").begun();
    assertThat(told(turn.prefillGivesNoParams(1)))
        .containsExactly("note answered p1", "send 2: d1 from p1");
  }

  @Test
  void prefillNodeOfRoleAny_mayStillAnswer_whenTheOtherFails() {
    OneTurn turn = OneTurn.over("a1", "a2");
    List<String> begun = turn.begins();
    boolean first = begun.contains("send 1: a1 for a2");
    String prefill = first ? "a1" : "a2";
    String decode = first ? "a2" : "a1";
    assertThat(begun).contains("send 1: " + prefill + " for " + decode);
    assertThat(turn.prefillAnswers(1, 500)).contains("send 2: " + decode);
    assertThat(turn.judged(2, Verdict.FAILED, 500)).contains("send 3: " + prefill);
  }

  // --- row: P refused ---

  @Test
  void prefillRefused_leavesTheLastWordToDecode() {
    OneTurn turn = OneTurn.over("p1", "p2", "d1").begun();
    assertThat(turn.prefillAnswers(1, 400))
        .containsExactly(
            "note answered p1",
            "release prefill",
            "release answer",
            "reserve answer d1 1256 waiting 1000",
            "send 2: d1");
    assertThat(turn.reason()).isEqualTo("prefill-failed");
    assertThat(turn.machine().record().troubles()).containsExactly("prefill p1 refused with 400");
    assertThat(turn.judged(2, Verdict.REFUSED, 400))
        .containsExactly(
            "note answered d1", "words of 2", "release answer", "drop body", "end: refused");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 413})
  void prefillRefused_isTheEnd_whereEveryEngineWouldRefuse(int status) {
    OneTurn turn = OneTurn.over("p1", "d1").begun();
    assertThat(told(turn.prefillAnswers(1, status)))
        .containsExactly("note answered p1", "words of 1", "end: refused");
    assertThat(turn.machine().record().troubles()).isEmpty();
  }

  @Test
  void prefillRefused_isNotAskedAgain_whenDecodeFails() {
    OneTurn turn = OneTurn.over("p1", "p2", "d1", "d2").begun();
    turn.prefillAnswers(1, 400);
    assertThat(told(turn.judged(2, Verdict.BUSY, 503)))
        .containsExactly("note busy d1", "send 3: d2");
  }

  @Test
  void prefillRefused_isTheEnd_whereDecodeCannotDoWithout() {
    OneTurn turn = OneTurn.over(Connectors.P2P_NCCL, "p1", "d1").begun();
    assertThat(told(turn.prefillAnswers(1, 400))).contains("words of 1", "end: refused");
  }

  @Test
  void prefillRefused_goesToAnotherDecodeNode_whenThatOneDrains() {
    OneTurn turn = OneTurn.over("p1", "d1", "d2").begun();
    turn.becomes("d1", NodeState.DRAINING);
    assertThat(turn.prefillAnswers(1, 400)).contains("send 2: d2");
  }

  // --- row: P failed, broke, is lost ---

  @ParameterizedTest
  @CsvSource({
    "500, answered",
    "503, busy",
    "429, busy",
    "408, busy",
    "302, answered",
    "204, answered"
  })
  void prefillFailed_asksAnother_thenDecodeAlone(int status, String noted) {
    OneTurn turn = OneTurn.over("p1", "p2", "p3", "d1");
    turn.suspendedPairs.add("p3-d1");
    turn.begins();
    assertThat(told(turn.prefillAnswers(1, status)))
        .containsExactly("note " + noted + " p1", "send 2: p2 for d1");
    assertThat(turn.reason()).isEqualTo("prefill-failed");
    turn.suspendedPairs.clear();
    assertThat(turn.prefillAnswers(2, status))
        .as("two in vain")
        .containsExactly(
            "note " + noted + " p2",
            "release prefill",
            "release answer",
            "reserve answer d1 1256 waiting 1000",
            "send 3: d1");
    assertThat(turn.reason()).isEqualTo("prefill-failed");
    assertThat(turn.machine().record().troubles())
        .containsExactly("prefill p1 answered " + status, "prefill p2 answered " + status);
    assertThat(turn.machine().record().prefillNanos()).isNegative();
  }

  @Test
  void prefillFailed_meansDecodeAlone_whenThereIsNoOtherPrefillNode() {
    OneTurn turn = OneTurn.over("p1", "d1").begun();
    assertThat(told(turn.broke(1, LegFault.REFUSED)))
        .containsExactly("note prefill p1 refused", "send 2: d1");
    assertThat(turn.reason()).isEqualTo("no-prefill");
  }

  @Test
  void prefillThatAnswersNoJson_failed() {
    OneTurn turn = OneTurn.over("p1", "d1").begun();
    assertThat(told(turn.on(new Event.PrefillAnswered(1, 200, false, false, true))))
        .containsExactly("note answered p1", "send 2: d1");
    assertThat(turn.machine().record().troubles()).containsExactly("prefill p1 answered no JSON");
  }

  @Test
  void prefillLost_asksAnother_andClosesTheLeg() {
    OneTurn turn = OneTurn.over("p1", "p2", "d1").begun();
    assertThat(turn.lost("p1"))
        .containsSubsequence("close 1", "release prefill", "send 2: p2 for d1");
    assertThat(turn.prefilled(1)).as("a late answer of a leg that was given up").isEmpty();
    assertThat(told(turn.prefilled(2))).contains("send 3: d1 from p2");
  }

  @Test
  void prefillFailed_goesElsewhere_whenDecodeIsNotWhatItWas() {
    OneTurn suspect = OneTurn.over("p1", "p2", "d1", "d2").begun();
    suspect.becomes("d1", NodeState.SUSPECT);
    assertThat(suspect.prefillAnswers(1, 500)).contains("send 2: p2 for d2");
    OneTurn restarted = OneTurn.over("p1", "p2", "d1", "d2").begun();
    restarted.restarts("d1");
    assertThat(restarted.prefillAnswers(1, 500)).contains("send 2: p2 for d2");
    OneTurn gone = OneTurn.over("p1", "p2", "d1", "d2").begun();
    gone.leaves("d1");
    assertThat(gone.prefillAnswers(1, 500)).contains("send 2: p2 for d2");
    OneTurn illReputed = OneTurn.over("p1", "p2", "d1", "d2").begun();
    illReputed.illReputed.add("d1");
    assertThat(illReputed.prefillAnswers(1, 500)).contains("send 2: p2 for d2");
  }

  @Test
  void prefillFailed_isAskedOnceMore_whereDecodeCannotDoWithout() {
    OneTurn turn = OneTurn.over(Connectors.P2P_NCCL, "p1", "d1").begun();
    assertThat(told(turn.prefillAnswers(1, 503)))
        .containsExactly("note busy p1", "send 2: p1 for d1");
    assertThat(told(turn.prefillAnswers(2, 503)))
        .containsExactly("note busy p1", "words of 2", "end: failed");
  }

  // --- row: P silent ---

  @Test
  void prefillSilent_meansDecodeAlone_andALateAnswerIsThrownAway() {
    OneTurn turn = OneTurn.over("p1", "p2", "d1").begun();
    assertThat(turn.wakesAt(turn.due()))
        .containsExactly(
            "note silent p1",
            "close 1",
            "release prefill",
            "release answer",
            "reserve answer d1 1256 waiting 1000",
            "send 2: d1");
    assertThat(turn.reason()).isEqualTo("prefill-failed");
    assertThat(turn.prefilled(1)).isEmpty();
  }

  @Test
  void prefillSilent_asksAnother_whereDecodeCannotDoWithout() {
    OneTurn turn = OneTurn.over(Connectors.P2P_NCCL, "p1", "p2", "d1").begun();
    assertThat(told(turn.wakesAt(turn.due())))
        .containsExactly("note silent p1", "send 2: p2 for d1");
  }
}
