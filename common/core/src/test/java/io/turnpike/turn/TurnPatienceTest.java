package io.turnpike.turn;

import static io.turnpike.turn.EffectWords.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.turn.TurnMachine.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a turn waits for what: the rows “silent” and “deadline” of its table, to the second. */
class TurnPatienceTest {

  private static final double ALMOST = 1e-9;

  @Test
  void patience_isFiveSecondsAndThreeTimesTheWorkThatTheNodeHas() {
    OneTurn turn = OneTurn.over("p1", "d1");
    turn.waitingTokens.put("p1", 4_000L);
    turn.begins();
    assertThat(turn.due()).as("4,000 tokens there and 1,000 of ours").isEqualTo(20);
    assertThat(turn.wakesAt(20 - ALMOST)).isEmpty();
    turn.waitingTokens.put("d1", 500L);
    turn.seconds = 10;
    turn.prefilled(1);
    assertThat(turn.due()).as("D has nothing of ours to compute").isEqualTo(16.5);
    assertThat(turn.wakesAt(16.5 - ALMOST)).isEmpty();
    assertThat(turn.wakesAt(16.5)).startsWith("note silent d1");
  }

  @Test
  void patience_doesNotGrow_byWorkThatComesLater() {
    OneTurn turn = OneTurn.over("d1", "d2").begun();
    assertThat(turn.due()).isEqualTo(8);
    turn.waitingTokens.put("d1", 1_000_000L);
    assertThat(told(turn.wakesAt(8))).containsExactly("note silent d1", "send 2: d2");
    assertThat(turn.due()).as("from the moment of asking").isEqualTo(16);
  }

  @Test
  void patience_isThirtySeconds_whileTheNodeShowsLife() {
    OneTurn turn = OneTurn.over("d1", "d2").begun().alive("d1");
    assertThat(turn.wakesAt(8)).isEmpty();
    assertThat(turn.due()).as("looked at again").isEqualTo(9);
    assertThat(turn.wakesAt(29.5)).isEmpty();
    assertThat(turn.due()).isEqualTo(30);
    assertThat(turn.wakesAt(30)).startsWith("note silent d1 but alive");
  }

  @Test
  void patience_isThirtySecondsMore_whenANodeThatShowsLifeWorksOffItsQueue() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2").alive("d1");
    turn.answersAt(20, "d1", -1);
    assertThat(turn.wakesAt(30)).as("it came nearer to this turn at 20").isEmpty();
    turn.answersAt(45, "d1", 0);
    assertThat(turn.wakesAt(49.5)).isEmpty();
    assertThat(turn.wakesAt(74.5)).isEmpty();
    assertThat(turn.due()).isEqualTo(75);
    assertThat(turn.wakesAt(75)).startsWith("note silent d1 but alive");
  }

  @Test
  void patience_doesNotGrow_byAnswersToTurnsThatCameLater_norToOnesBeforeThisOne() {
    OneTurn overtaken = OneTurn.handedOver("p1", "d1", "d2").alive("d1");
    overtaken.answersAt(20, "d1", 0.001);
    assertThat(overtaken.wakesAt(30)).startsWith("note silent d1 but alive");
    OneTurn late = OneTurn.over("d1", "d2").alive("d1");
    late.answersAt(40, "d1", 39);
    late.seconds = 50;
    late.begins();
    assertThat(late.wakesAt(79.5)).isEmpty();
    assertThat(late.wakesAt(80)).startsWith("note silent d1 but alive");
  }

  @Test
  void queueThatIsWorkedOff_helpsNoNodeWithoutASignOfLife_norBeyondTheDeadline() {
    OneTurn dead = OneTurn.handedOver("p1", "d1", "d2");
    dead.answersAt(4, "d1", -1);
    assertThat(dead.wakesAt(5)).startsWith("note silent d1");
    OneTurn busy = OneTurn.handedOver("p1", "d1", "d2").alive("d1");
    busy.answersAt(119, "d1", -1);
    busy.wakesAt(119.5);
    assertThat(busy.due()).isEqualTo(120);
    assertThat(busy.wakesAt(120)).startsWith("error: no content within 120 s");
  }

  @Test
  void patience_ends_whenTheSignsOfLifeEnd() {
    OneTurn turn = OneTurn.over("d1", "d2").begun().alive("d1");
    turn.wakesAt(8);
    turn.alive.clear();
    assertThat(told(turn.wakesAt(9))).containsExactly("note silent d1", "send 2: d2");
  }

  @Test
  void patience_neverGoesBeyondTheDeadline() {
    OneTurn busy = OneTurn.over("d1");
    busy.waitingTokens.put("d1", 1_000_000L);
    busy.begins();
    assertThat(busy.due()).isEqualTo(120);
    OneTurn late = OneTurn.over("d1", "d2").alive("d1").alive("d2");
    late.seconds = 100;
    late.begins();
    assertThat(late.wakesAt(119.5)).isEmpty();
    assertThat(late.due()).isEqualTo(120);
  }

  @Test
  void firstContent_hasTwoMinutes() {
    String error = "error: no content within 120 s";
    OneTurn recognising = OneTurn.over("p1", "d1");
    assertThat(recognising.due()).isEqualTo(120);
    assertThat(recognising.wakesAt(120 - ALMOST)).isEmpty();
    assertThat(recognising.wakesAt(120)).containsExactly(error, "drop body", "end: failed");
    OneTurn prefilling = OneTurn.over("p1", "d1").begun();
    assertThat(prefilling.wakesAt(120))
        .containsExactly(
            error, "close 1", "release prefill", "release answer", "drop body", "end: failed");
    OneTurn decoding = OneTurn.handedOver("p1", "d1");
    assertThat(decoding.wakesAt(120))
        .containsExactly(error, "close 2", "release answer", "drop body", "end: failed");
  }

  @Test
  void nothingIsTried_afterTheDeadline() {
    OneTurn turn = OneTurn.over("d1", "d2").begun();
    turn.seconds = 120;
    assertThat(told(turn.broke(1, LegFault.LOST)))
        .containsExactly("note decode d1 lost", "error: no content within 120 s", "end: failed");
  }

  @Test
  void answer_hasTenMinutes_andPausesOfTwo() {
    OneTurn turn = OneTurn.over("d1").begun();
    turn.seconds = 50;
    turn.good(1);
    assertThat(turn.due()).isEqualTo(170);
    assertThat(turn.wakesAt(170, 60)).as("bytes came meanwhile").isEmpty();
    assertThat(turn.due()).isEqualTo(180);
    assertThat(turn.wakesAt(599, 598)).isEmpty();
    assertThat(turn.due()).as("the whole turn's deadline").isEqualTo(600);
    assertThat(turn.wakesAt(600, 599.9))
        .containsExactly("cut: not done within 600 s", "close 1", "release answer", "end: cut");
  }

  @Test
  void answerThatPauses_isCut() {
    OneTurn turn = OneTurn.over("d1").begun();
    turn.good(1);
    assertThat(turn.wakesAt(130, 10 + ALMOST)).isEmpty();
    assertThat(told(turn.wakesAt(130, 10)))
        .containsExactly(
            "note silent d1", "cut: decode timed out: d1 was silent for too long", "end: cut");
    assertThat(turn.machine().state()).isEqualTo(State.ENDED);
  }

  @Test
  void wholeDeadline_isAlsoThatOfTheFirstContent_whenItIsShorter() {
    TurnRules rules =
        new TurnRules(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            1_000,
            Duration.ofMinutes(2),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2));
    Waiting waiting = new Waiting(rules, OneTurn.over("d1"), 0);
    assertThat(waiting.dueNanos()).isEqualTo(Duration.ofMinutes(1).toNanos());
    assertThat(rules.tooLate()).isEqualTo(new Failure.TurnTimedOut("no content within 60 s"));
  }
}
