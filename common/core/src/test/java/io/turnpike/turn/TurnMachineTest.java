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
import io.turnpike.turn.Event.IfCut;
import io.turnpike.turn.TurnMachine.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The table of {@link TurnMachine} and of docs/turns.md, row by row; each row's name stands above
 * its tests. Here is how a turn goes where nothing fails, and how it ends; {@link PrefillLegTest}
 * and {@link DecodeLegTest} have the rows of failing legs, {@link OverlappingLegsTest} their second
 * reading where both legs are open at once, and {@link TurnPatienceTest} those of the clock.
 */
class TurnMachineTest {

  // --- row: recognised ---

  @Test
  void recognised_asksPrefillFirst_andHasReservedDecodeBefore() {
    OneTurn turn = OneTurn.over("p1", "d1");
    assertThat(turn.begins())
        .containsExactly(
            "reserve answer d1 1256 waiting 0",
            "reserve prefill p1 1000 waiting 1000",
            "send 1: p1 for d1");
    assertThat(turn.machine().state()).isEqualTo(State.PREFILLING);
  }

  @Test
  void recognised_staysOnDecodeNode_whenCacheIsWarm() {
    OneTurn turn = OneTurn.over("p1", "d1", "d2").with(later("d2", "1"));
    assertThat(turn.begins()).containsExactly("reserve answer d2 1256 waiting 400", "send 1: d2");
    assertThat(turn.machine().state()).isEqualTo(State.DECODING);
    assertThat(turn.reason()).isEqualTo("cache-warm");
  }

  @Test
  void recognised_countsNothingAsCached_onAnotherNodeOrInAnotherLife() {
    assertThat(OneTurn.over("d1").with(later("d1", "0")).begins())
        .contains("reserve answer d1 1256 waiting 1000");
    assertThat(OneTurn.over("d1").with(later("d2", "1")).begins())
        .contains("reserve answer d1 1256 waiting 1000");
  }

  @Test
  void recognised_asksAReplica() {
    OneTurn turn = OneTurn.over("r1", "r2").with(new ReplicaPolicy());
    assertThat(turn.begins()).contains("send 1: r1");
    assertThat(told(turn.broke(1, LegFault.LOST)))
        .containsExactly("note replica r1 lost", "send 2: r2");
    assertThat(told(turn.good(2))).contains("note answered r2", "pass 2");
  }

  @Test
  void recognised_endsAtOnce_whenNobodyCanBeAsked() {
    OneTurn turn = OneTurn.over("p1");
    assertThat(turn.begins())
        .containsExactly("error: no-decode-node", "drop body", "end: rejected");
    assertThat(turn.machine().state()).isEqualTo(State.ENDED);
    assertThat(turn.reason()).isEqualTo("no-decode-node");
  }

  @Test
  void recognised_asksSuspects_beforeItRefuses() {
    OneTurn turn = OneTurn.over("p1", "d1");
    turn.becomes("d1", NodeState.SUSPECT);
    assertThat(turn.begins()).contains("send 1: p1 for d1");
  }

  @Test
  void recognised_countsOnce() {
    OneTurn turn = OneTurn.over("p1", "d1").begun();
    assertThat(turn.begins()).isEmpty();
  }

  // --- row: P answered, params in order ---

  @Test
  void prefillAnswered_handsOver() {
    OneTurn turn = OneTurn.over("p1", "d1").begun();
    turn.seconds = 3;
    assertThat(turn.prefilled(1))
        .containsExactly("note answered p1", "release prefill", "send 2: d1 from p1");
    assertThat(turn.machine().state()).isEqualTo(State.DECODING);
    assertThat(turn.machine().record().prefillNanos()).isEqualTo(OneTurn.nanos(3));
  }

  @Test
  void handedParams_areTrustedForTwentySeconds_butNotBeyondTheDeadline() {
    assertThat(latest(3)).isEqualTo(OneTurn.nanos(23));
    assertThat(latest(110)).isEqualTo(OneTurn.nanos(120));
    OneTurn alone = OneTurn.over("d1");
    List<Effect> effects =
        alone.machine().on(new Event.Recognised(OneTurn.FIRST, IfCut.TELL), OneTurn.nanos(1));
    assertThat(send(effects).latestNanos()).isEqualTo(OneTurn.nanos(120));
  }

  private static long latest(double answeredAt) {
    OneTurn turn = OneTurn.over("p1", "d1").begun();
    return send(turn.machine()
            .on(new Event.PrefillAnswered(1, 200, true, true, true), OneTurn.nanos(answeredAt)))
        .latestNanos();
  }

  private static Effect.SendDecode send(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.SendDecode.class::isInstance)
        .map(Effect.SendDecode.class::cast)
        .findFirst()
        .orElseThrow();
  }

  // --- row: D good ---

  @Test
  void decodeGood_isPassedOn_andRemembered() {
    OneTurn turn = OneTurn.handedOver("p1", "d1");
    turn.seconds = 4;
    assertThat(turn.good(2))
        .containsExactly(
            "note answered d1",
            "note handed off p1-d1",
            "prompt done",
            "remember d1",
            "drop body",
            "pass 2");
    assertThat(turn.machine().state()).isEqualTo(State.PASSING);
    assertThat(turn.machine().record().firstContentNanos()).isEqualTo(OneTurn.nanos(4));
    assertThat(turn.good(2)).as("once").isEmpty();
  }

  @Test
  void decodeGood_isNoHandoff_whenItIsAlone() {
    OneTurn turn = OneTurn.over("d1").begun();
    assertThat(turn.good(1)).startsWith("note answered d1", "prompt done");
  }

  // --- row: D refused ---

  @Test
  void decodeRefused_isTheEnginesOwnWord() {
    OneTurn turn = OneTurn.handedOver("p1", "d1", "d2");
    assertThat(turn.judged(2, Verdict.REFUSED, 422))
        .containsExactly(
            "note answered d1", "words of 2", "release answer", "drop body", "end: refused");
  }

  @Test
  void decodeRefused_isNamed_whenItLeftNoWords() {
    OneTurn turn = OneTurn.over("d1").begun();
    assertThat(told(turn.on(new Event.Judged(1, Verdict.REFUSED, 400, false))))
        .containsExactly(
            "note answered d1", "error: decode failed: d1 answered 400", "end: failed");
  }

  // --- row: client left or stalled ---

  @Test
  void clientThatLeaves_countsAgainstNobody_andEverythingIsGivenBack() {
    OneTurn recognising = OneTurn.over("p1", "d1");
    assertThat(recognising.on(new Event.ClientLeft()))
        .containsExactly("drop body", "end: client-gone");
    assertThat(OneTurn.over("p1", "d1").begun().on(new Event.ClientLeft()))
        .containsExactly(
            "close 1", "release prefill", "release answer", "drop body", "end: client-gone");
    OneTurn decoding = OneTurn.handedOver("p1", "d1");
    assertThat(decoding.on(new Event.ClientStalled()))
        .containsExactly("close 2", "release answer", "drop body", "end: client-slow");
    assertThat(decoding.broke(2, LegFault.LOST)).isEmpty();
    OneTurn passing = OneTurn.over("d1").begun();
    passing.good(1);
    assertThat(passing.on(new Event.ClientLeft()))
        .containsExactly("close 1", "release answer", "end: client-gone");
  }

  @Test
  void record_tellsWhatCameOfIt() {
    OneTurn turn = OneTurn.over("p1", "d1").with(RoutingPolicy.of(Mode.PD));
    turn.seconds = 1;
    turn.begins();
    turn.seconds = 2;
    turn.prefilled(1);
    TurnRecord record = turn.machine().record();
    assertThat(record.recognisedNanos()).isEqualTo(OneTurn.nanos(1));
    assertThat(record.prefillNanos()).isEqualTo(OneTurn.nanos(1));
    assertThat(record.decodeSentNanos()).isEqualTo(OneTurn.nanos(2));
    assertThat(record.outcome()).isNull();
  }

  // --- rows: answer ended ---

  @Test
  void answerEnded_isAnswered_whenItIsWhole() {
    OneTurn turn = OneTurn.over("d1").begun();
    assertThat(turn.ended(1, Ending.WHOLE)).as("before it began").isEmpty();
    turn.good(1);
    assertThat(turn.ended(7, Ending.WHOLE)).as("of another leg").isEmpty();
    assertThat(turn.ended(1, Ending.WHOLE)).containsExactly("release answer", "end: answered");
    assertThat(turn.machine().record().outcome()).isEqualTo(Outcome.ANSWERED);
  }

  @Test
  void answerEnded_isCut_whenItEndsOtherwise() {
    OneTurn error = OneTurn.over("d1").begun();
    error.good(1);
    assertThat(error.ended(1, Ending.WITH_ERROR)).containsExactly("release answer", "end: cut");
    OneTurn cut = OneTurn.over("d1", "d2").begun();
    cut.good(1);
    assertThat(cut.ended(1, Ending.CUT))
        .containsExactly(
            "cut: decode failed: d1 ended without [DONE]", "release answer", "end: cut");
  }

  @Test
  void answerThatBreaks_isCut() {
    OneTurn broke = OneTurn.over("r1").with(new ReplicaPolicy()).begun();
    broke.good(1);
    assertThat(broke.broke(1, LegFault.LOST))
        .containsExactly(
            "note replica r1 lost",
            "cut: replica failed: r1 closed the connection before its answer was whole",
            "release answer",
            "end: cut");
    OneTurn lost = OneTurn.over("d1", "d2").begun();
    lost.good(1);
    assertThat(lost.lost("d1"))
        .containsExactly(
            "close 1", "cut: decode failed: d1 went away", "release answer", "end: cut");
  }

  private static TurnFacts later(String node, String epoch) {
    return new TurnFacts(
        "m", 2, new Holder(new NodeId(node), new Epoch(epoch)), 1_000, 600, -1, false, null);
  }
}
