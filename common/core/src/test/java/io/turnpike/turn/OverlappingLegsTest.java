package io.turnpike.turn;

import static io.turnpike.turn.EffectWords.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.turn.Event.Ending;
import io.turnpike.turn.TurnMachine.State;
import org.junit.jupiter.api.Test;

/** The rows of {@link TurnMachine}'s table while an overlapping prefill leg is open: note (2). */
class OverlappingLegsTest {

  private static OneTurn over(String... nodes) {
    return OneTurn.over(OverlappingConnector.INSTANCE, nodes);
  }

  @Test
  void recognised_sendsBothLegs() {
    OneTurn turn = over("p1", "d1");
    assertThat(told(turn.begins())).containsExactly("send 1: p1 for d1", "send 2: d1 from p1");
    assertThat(turn.machine().state()).isEqualTo(State.DECODING);
  }

  @Test
  void prefillAnswered_releasesItsPlace_andDecodeGoesOn() {
    OneTurn turn = over("p1", "d1").begun();
    turn.seconds = 2;
    assertThat(turn.prefillGivesNoParams(1)).containsExactly("note answered p1", "release prefill");
    assertThat(turn.machine().record().prefillNanos()).isEqualTo(OneTurn.nanos(2));
    assertThat(told(turn.good(2))).contains("note answered d1", "note handed off p1-d1", "pass 2");
  }

  @Test
  void prefillRefused_closesDecode_andAsksItAlone() {
    OneTurn turn = over("p1", "p2", "d1").begun();
    assertThat(turn.prefillAnswers(1, 400))
        .containsExactly(
            "note answered p1",
            "release prefill",
            "close 2",
            "release answer",
            "reserve answer d1 1256 waiting 1000",
            "send 3: d1");
    assertThat(turn.good(2)).as("of the leg that was closed").isEmpty();
    assertThat(told(turn.good(3))).contains("pass 3");
  }

  @Test
  void prefillFailed_closesDecode_andAsksAnother() {
    OneTurn answered = over("p1", "p2", "d1").begun();
    assertThat(answered.prefillAnswers(1, 500))
        .containsSubsequence("close 2", "send 3: p2 for d1", "send 4: d1 from p2");
    OneTurn broke = over("p1", "p2", "d1").begun();
    assertThat(broke.broke(1, LegFault.LOST))
        .containsSubsequence("note prefill p1 lost", "close 2", "send 3: p2 for d1");
    OneTurn lost = over("p1", "p2", "d1").begun();
    assertThat(lost.lost("p1")).containsSubsequence("close 1", "close 2", "send 3: p2 for d1");
  }

  @Test
  void prefillSilent_isItsOwnFault_notThatOfDecode() {
    OneTurn turn = over("p1", "d1").begun();
    assertThat(turn.due()).as("5 s and three times 1,000 tokens").isEqualTo(8);
    assertThat(turn.wakesAt(8))
        .containsSubsequence("note silent p1", "close 1", "close 2", "send 3: d1");
  }

  @Test
  void decodesPatience_beginsWhenPrefillHasAnswered() {
    OneTurn turn = over("p1", "d1").begun();
    turn.seconds = 7;
    turn.prefilled(1);
    assertThat(turn.due()).isEqualTo(12);
    assertThat(told(turn.wakesAt(12))).containsExactly("note silent d1", "send 3: d1");
  }

  @Test
  void decodeFailed_closesPrefill() {
    OneTurn turn = over("p1", "p2", "d1", "d2").begun();
    assertThat(turn.judged(2, Verdict.FAILED, 500))
        .containsExactly(
            "note answered d1",
            "close 1",
            "release prefill",
            "note handoff lost p1-d1",
            "release answer",
            "reserve answer d1 1256 waiting 0",
            "reserve prefill p2 1000 waiting 1000",
            "send 3: p2 for d1",
            "send 4: d1 from p2");
    assertThat(turn.lost("d1")).containsSubsequence("close 4", "close 3", "send 5: p1 for d2");
  }

  @Test
  void whatComesOfPrefill_afterTheFirstContent_isOnlyNoted() {
    OneTurn failed = over("p1", "p2", "d1").begun();
    failed.good(2);
    assertThat(failed.prefillAnswers(1, 500))
        .containsExactly("note answered p1", "release prefill");
    assertThat(failed.ended(2, Ending.WHOLE)).containsExactly("release answer", "end: answered");
    OneTurn broke = over("p1", "p2", "d1").begun();
    broke.good(2);
    assertThat(broke.broke(1, LegFault.LOST))
        .containsExactly("note prefill p1 lost", "release prefill");
    OneTurn lost = over("p1", "p2", "d1").begun();
    lost.good(2);
    assertThat(lost.lost("p1")).containsExactly("close 1", "release prefill");
    assertThat(lost.machine().state()).isEqualTo(State.PASSING);
  }

  @Test
  void prefillStillOpenAtTheEnd_isClosed() {
    OneTurn turn = over("p1", "d1").begun();
    turn.good(2);
    assertThat(turn.ended(2, Ending.WHOLE))
        .containsExactly("close 1", "release prefill", "release answer", "end: answered");
  }

  @Test
  void silenceOfAnAnswer_isNeverBlamedOnPrefill() {
    OneTurn turn = over("p1", "d1").begun();
    turn.good(2);
    assertThat(turn.wakesAt(125, 5))
        .startsWith(
            "note silent d1", "close 2", "cut: decode timed out: d1 was silent for too long");
  }
}
