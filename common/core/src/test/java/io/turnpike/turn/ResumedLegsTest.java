package io.turnpike.turn;

import static io.turnpike.turn.EffectWords.told;
import static io.turnpike.turn.ResumingTest.cut;
import static io.turnpike.turn.ResumingTest.passing;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is tried for the rest of an answer that broke off, for how long, and what ends it. */
class ResumedLegsTest {

  private static String whoIsAsked(List<String> effects) {
    assertThat(effects.getLast()).startsWith("ask tokens ");
    return effects.getLast().replaceFirst(".*: ", "");
  }

  // --- row: D broke, silent, is lost ---

  @Test
  void whoIsAskedForTokensInVain_isLeft_andAnotherOneAsked() {
    OneTurn turn = passing("p1", "d1", "d2", "d3", "d4");
    String first = turn.answering();
    List<String> asked = new ArrayList<>(List.of(whoIsAsked(turn.broke(2, LegFault.LOST))));
    asked.add(whoIsAsked(turn.broke(3, LegFault.REFUSED)));
    asked.add(whoIsAsked(turn.lost(asked.getLast())));
    assertThat(asked).doesNotContain(first).doesNotHaveDuplicates();
    turn.alive(asked.getLast());
    assertThat(turn.wakesAt(29.9)).as("patience while it shows life").isEmpty();
    assertThat(whoIsAsked(turn.wakesAt(30)))
        .as("nobody else is left, so once more")
        .isEqualTo(asked.getLast());
    assertThat(told(turn.broke(6, LegFault.LOST)))
        .as("four tries since the cut")
        .endsWith("cut: decode failed: " + first + " " + LegFault.LOST.text(), "end: cut");
    assertThat(turn.machine().record().tries()).isEqualTo(5);
  }

  @Test
  void theClientsLeaving_andTheDeadline_endIt() {
    OneTurn left = cut("p1", "d1", "d2");
    assertThat(left.on(new Event.ClientLeft()))
        .containsExactly("close 3", "drop body", "end: client-gone");
    OneTurn late = cut("p1", "d1", "d2");
    assertThat(late.wakesAt(120))
        .as("two minutes from the cut")
        .containsExactly(
            "cut: decode failed: d1 " + LegFault.LOST.text(), "close 3", "drop body", "end: cut");
  }

  @Test
  void theRest_hasTwoMinutes_butNotBeyondTheDeadline() {
    OneTurn turn = passing("p1", "d1", "d2");
    turn.seconds = 200;
    turn.broke(2, LegFault.LOST);
    turn.tokensKnown(3);
    turn.prefilled(4);
    turn.alive("d2");
    turn.answersAt(310, "d2", 100);
    assertThat(turn.wakesAt(319)).isEmpty();
    assertThat(turn.due()).isEqualTo(320);
    assertThat(told(turn.wakesAt(320))).last().isEqualTo("end: cut");
    OneTurn atTheEnd = passing("p1", "d1", "d2");
    atTheEnd.seconds = 599;
    atTheEnd.broke(2, LegFault.LOST);
    assertThat(atTheEnd.due()).isEqualTo(600);
  }

  // --- what would end a turn by an error ---

  @Test
  void aRefusal_ofWhatGoesOn_isACut() {
    OneTurn turn = cut("p1", "d1", "d2");
    turn.tokensKnown(3);
    turn.prefilled(4);
    assertThat(told(turn.judged(5, Verdict.REFUSED, 400)))
        .containsExactly(
            "note answered d2", "cut: decode failed: d1 " + LegFault.LOST.text(), "end: cut");
    OneTurn atPrefill = cut("p1", "d1", "d2");
    atPrefill.tokensKnown(3);
    assertThat(told(atPrefill.prefillAnswers(4, 404)))
        .containsExactly(
            "note answered p1", "cut: decode failed: d1 " + LegFault.LOST.text(), "end: cut");
  }

  @Test
  void legsThatFail_areRunElsewhere_withoutAskingForTokensAgain() {
    OneTurn turn = cut("p1", "d1", "d2", "d3");
    turn.tokensKnown(3);
    assertThat(turn.prefillAnswers(4, 500)).contains("send 5: d2");
    assertThat(turn.broke(5, LegFault.LOST)).contains("send 6: d3");
    assertThat(turn.machine().record().tries()).isEqualTo(4);
  }

  // --- what failed before ---

  @Test
  void prefillsThatFailedBefore_areAskedAgain() {
    OneTurn turn = OneTurn.over("p1", "p2", "d1", "d2").resumable().begun();
    turn.prefillAnswers(1, 500);
    turn.prefillAnswers(2, 500);
    turn.good(3);
    assertThat(turn.broke(3, LegFault.LOST)).contains("ask tokens 4: d2");
    assertThat(turn.tokensKnown(4)).contains("send 5: p1 for d2");
  }

  @Test
  void pairsThatFailedBefore_areTriedAgain() {
    OneTurn turn = OneTurn.over("p1", "d1", "d2").resumable().begun();
    turn.prefilled(1);
    turn.judged(2, Verdict.FAILED, 500);
    turn.prefilled(3);
    turn.good(4);
    assertThat(turn.broke(4, LegFault.LOST)).contains("ask tokens 5: d1");
    assertThat(turn.tokensKnown(5)).contains("send 6: p1 for d1");
  }

  @Test
  void theLastChance_comesAgain() {
    OneTurn turn = OneTurn.over("d1").resumable().begun();
    assertThat(turn.broke(1, LegFault.LOST)).contains("send 2: d1");
    turn.good(2);
    assertThat(turn.broke(2, LegFault.LOST)).contains("ask tokens 3: d1");
  }

  @Test
  void aNodeThatFailedBefore_isTriedWithThePlainPrompt() {
    OneTurn turn = OneTurn.over("p1", "d1", "d2").resumable().begun();
    turn.prefilled(1);
    turn.broke(2, LegFault.LOST);
    turn.prefilled(3);
    turn.good(4);
    turn.broke(4, LegFault.LOST);
    turn.tokensKnown(5);
    turn.prefilled(6);
    assertThat(turn.judged(7, Verdict.FAILED, 500)).contains("send 8: d1");
    assertThat(turn.judged(8, Verdict.FAILED, 500))
        .as("the last chance is still there")
        .contains("send 9: d1");
  }
}
