package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.TurnFacts;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Event.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way of one turn: a pure state machine. Events go in, with the time at which they happened;
 * what is to be done comes out. No threads, no clock, no I/O; used by one thread.
 *
 * <pre>
 *  event                        RECOGNISING  PREFILLING       DECODING           PASSING
 *  recognised                   decide (1)   -                -                  -
 *  P answered, params in order  -            DECODING         - (2)              - (2)
 *  P answered without params    -            other P (4)      - (2)              - (2)
 *  P refused (4xx)              -            D alone (3)      D alone (2)(3)     - (2)
 *  P failed, broke, is lost     -            other P (4)      other P (2)(4)     - (2)
 *  P silent                     -            D alone          D alone (2)        -
 *  D good                       -            -                PASSING            -
 *  D refused (4xx)              -            -                ENDED: its words   -
 *  D failed, empty, with params -            -                same D (5), then   -
 *  D failed, empty, busy, cut   -            -                elsewhere (6)      -
 *  D broke, silent, is lost     -            elsewhere (6)(7) elsewhere (6)      ENDED: cut
 *  answer ended, whole          -            -                -                  ENDED: answered
 *  answer ended otherwise       -            -                -                  ENDED: cut
 *  deadline                     ENDED: 504   ENDED: 504       ENDED: 504         ENDED: cut
 *  client left or stalled       ENDED        ENDED            ENDED              ENDED
 *
 *  (1) to PREFILLING (P, then D), to DECODING (one node alone, or both legs of a connector whose
 *      legs overlap), or ENDED with an error that says which node is missing
 *  (2) only while an overlapping prefill leg is open. Until P has answered, it is P's silence that
 *      counts; where P fails before the first content, the decode leg is closed; later, what comes
 *      of P is only noted
 *  (3) no other P is asked in this turn; but 401, 404 and 413, which D would say too: ENDED with
 *      P's words
 *  (4) two in vain, or no other P: D alone; that connector cannot: elsewhere (6)
 *  (5) once a turn, through another P; it counts as a lost handoff of the pair
 *  (6) another ready node of the role, through P again (after two prefills or handoffs in vain:
 *      alone); none left: one that was left for a handoff, alone; none: one that is suspect, as if
 *      it were ready; none that listens: the same one, or the least suspect of those that were
 *      left, once a turn; else ENDED with the last words or an error that names the leg
 *  (7) only when it is lost
 * </pre>
 *
 * A D that is not ready, or in another life, when one of these ways is chosen is not asked again:
 * elsewhere. There are at most {@link TurnRules#MAX_TRIES} tries, none after the deadline.
 *
 * <p>Parameters of a handoff go along with one leg, once: whatever is tried after that leg starts
 * with a new prefill or the plain prompt. What a client's leaving causes counts against nobody.
 */
public final class TurnMachine {

  /** Where a turn is. */
  public enum State {
    RECOGNISING,
    PREFILLING,
    DECODING,
    PASSING,
    ENDED
  }

  private final RoutingPolicy policy;
  private final TurnRules rules;
  private final TurnWorld world;
  private final RandomGenerator random;
  private final Attempts attempts = new Attempts();
  private final Detours detours;
  private final Waiting waiting;
  private final Holdings holdings = new Holdings(this::say);
  private final Timeline times;
  private final Way way;

  private State state = State.RECOGNISING;
  private List<Effect> effects = new ArrayList<>();
  private long now;
  private @Nullable Outcome outcome;

  /**
   * @param policy decides
   * @param nowNanos when the turn arrived
   */
  public TurnMachine(
      RoutingPolicy policy,
      TurnRules rules,
      TurnWorld world,
      RandomGenerator random,
      long nowNanos) {
    this.policy = policy;
    this.rules = rules;
    this.world = world;
    this.random = random;
    this.times = new Timeline(nowNanos);
    this.detours = new Detours(world, random, attempts);
    this.waiting = new Waiting(rules, world, nowNanos);
    this.way = new Way(holdings, waiting, times);
  }

  /** Takes an event; what is to be done now, in order. */
  public List<Effect> on(Event event, long nowNanos) {
    effects = new ArrayList<>(8);
    now = nowNanos;
    if (state == State.ENDED) {
      return effects;
    }
    switch (event) {
      case Event.Recognised(TurnFacts facts) -> recognised(facts);
      case Event.PrefillAnswered answer -> prefillAnswered(answer);
      case Event.Judged judged -> judged(judged);
      case Event.LegBroke(int leg, LegFault fault, String what) -> legBroke(leg, fault, what);
      case Event.AnswerEnded(int leg, Ending ending, String what) -> answerEnded(leg, ending, what);
      case Event.NodeLost(NodeId node) -> nodeLost(node);
      case Event.Woke(long lastSignNanos) -> woke(lastSignNanos);
      case Event.ClientLeft() -> end(Outcome.CLIENT_GONE);
      case Event.ClientStalled() -> end(Outcome.CLIENT_SLOW);
    }
    return effects;
  }

  public State state() {
    return state;
  }

  /** When {@link Event.Woke} is due. */
  public long dueNanos() {
    return waiting.dueNanos();
  }

  /** What came of the turn so far. */
  public TurnRecord record() {
    return times.record(way.decision(), attempts, outcome);
  }

  // --- deciding ---

  private void recognised(TurnFacts facts) {
    if (state != State.RECOGNISING) {
      return;
    }
    times.recognisedNanos = now;
    way.recognised(facts);
    RouteDecision first = policy.decide(facts, detours.view(), random);
    if (first instanceof Refused refused) {
      way.refused(refused);
      say(new Effect.Answer(new Failure.NoNode(refused.reason()), 0));
      end(Outcome.REJECTED);
    } else {
      begin(first);
    }
  }

  private void begin(RouteDecision next) {
    attempts.begin();
    way.begin(next, now);
    state = holdings.decodeUnderWay() ? State.DECODING : State.PREFILLING;
  }

  /** Goes on another way, or gives up. */
  private void beginOr(@Nullable RouteDecision next, Reply reply) {
    if (waiting.isTooLate(now)) {
      expired();
    } else if (next == null) {
      give(reply);
    } else {
      begin(next);
    }
  }

  // --- P's leg ---

  private void prefillAnswered(Event.PrefillAnswered answer) {
    if (!holdings.isPrefill(answer.leg())) {
      return;
    }
    Node prefill = way.prefill();
    int status = answer.status();
    note(new Fact.Answered(prefill, times.prefillSentNanos, Verdict.isBusy(status)));
    holdings.prefillEnded();
    if (state == State.PASSING) {
      return;
    }
    if (status == 200 && answer.json()) {
      times.prefillNanos = now - times.prefillSentNanos;
      handOver(prefill, answer.params());
    } else if (Verdict.isRequestsFault(status)) {
      prefillRefused(answer, prefill);
    } else {
      String what = status == 200 ? "answered no JSON" : "answered " + status;
      prefillFailed(what, Reply.of(answer, prefill, what), true);
    }
  }

  private void handOver(Node prefill, boolean params) {
    if (prefill.connector().passesParamsOn() && !params && state == State.PREFILLING) {
      paramsMissing(prefill);
    } else {
      way.handOver(now);
      state = State.DECODING;
    }
  }

  private void paramsMissing(Node prefill) {
    note(new Fact.HandoffLost(prefill, way.answering()));
    beginOr(detours.afterNoParams(way), Reply.failed(Leg.PREFILL, prefill, "gave no handoff"));
  }

  /** It may be our copy of the request that P refuses, so D has the last word on the client's. */
  private void prefillRefused(Event.PrefillAnswered answer, Node prefill) {
    String what = "refused with " + answer.status();
    holdings.closeDecode();
    beginOr(
        Verdict.isEveryEngines(answer.status()) ? null : detours.afterRefusal(way, what),
        Reply.of(answer, prefill, what));
  }

  /**
   * @param another whether another prefill node may do better than D alone
   */
  private void prefillFailed(String what, Reply reply, boolean another) {
    holdings.closeDecode();
    beginOr(detours.afterPrefill(way, what, another), reply);
  }

  // --- the leg that answers ---

  private void judged(Event.Judged judged) {
    if (!holdings.isDecode(judged.leg()) || state != State.DECODING) {
      return;
    }
    Verdict verdict = judged.verdict();
    if (verdict != Verdict.HELD && verdict != Verdict.CUT) {
      note(new Fact.Answered(way.answering(), times.decodeSentNanos, verdict == Verdict.BUSY));
    }
    Reply reply = Reply.of(judged, way.answeringLeg(), way.answering());
    Node from = holdings.handedFrom();
    switch (verdict) {
      case HELD -> {}
      case GOOD -> pass(way.answering(), from);
      case REFUSED -> {
        holdings.decodeEnded();
        give(reply);
      }
      case BUSY, CUT -> decodeFailed(judged.what(), reply, from, false);
      case FAILED, EMPTY -> decodeFailed(judged.what(), reply, from, from != null);
    }
  }

  private void pass(Node node, @Nullable Node from) {
    if (from != null) {
      note(new Fact.HandedOff(from, node));
    }
    times.firstContentNanos = now;
    state = State.PASSING;
    waiting.forRest(now);
    say(new Effect.PromptDone());
    say(new Effect.Remember(node));
    holdings.dropBody();
    say(new Effect.Pass(holdings.decodeLeg()));
  }

  /**
   * @param from whose handoff the leg was to take; null: none, or it never got the request
   * @param handoffFailed whether the handoff is to blame, and D may do better through another P
   */
  private void decodeFailed(String what, Reply reply, @Nullable Node from, boolean handoffFailed) {
    holdings.closePrefill();
    holdings.decodeEnded();
    if (from != null && handoffFailed) {
      note(new Fact.HandoffLost(from, way.answering()));
      beginOr(detours.afterHandoff(way, what, from), reply);
    } else {
      beginOr(detours.afterDecode(way, what, from), reply);
    }
  }

  private void answerEnded(int leg, Ending ending, String what) {
    if (!holdings.isDecode(leg) || state != State.PASSING) {
      return;
    }
    holdings.decodeEnded();
    switch (ending) {
      case WHOLE -> end(Outcome.ANSWERED);
      case WITH_ERROR -> end(Outcome.CUT);
      case CUT -> cut(way.failed(what));
    }
  }

  private void cut(Failure failure) {
    say(new Effect.CutAnswer(failure));
    end(Outcome.CUT);
  }

  // --- connections, nodes, time ---

  private void legBroke(int leg, LegFault fault, String what) {
    if (holdings.isPrefill(leg)) {
      note(new Fact.Broke(way.prefill(), fault, Leg.PREFILL));
      holdings.prefillEnded();
      prefillBroke(what);
    } else if (holdings.isDecode(leg)) {
      note(new Fact.Broke(way.answering(), fault, way.answeringLeg()));
      Node from = fault.isBeforeRequest() ? null : holdings.handedFrom();
      holdings.decodeEnded();
      answerBroke(way.failed(what), what, from);
    }
  }

  private void nodeLost(NodeId lost) {
    String what = "went away";
    if (holdings.prefillUnderWay() && way.prefill().id().equals(lost)) {
      holdings.closePrefill();
      prefillBroke(what);
    } else if (state != State.RECOGNISING && way.answering().id().equals(lost)) {
      Node from = holdings.handedFrom();
      holdings.closeDecode();
      answerBroke(way.failed(what), what, from);
    }
  }

  private void prefillBroke(String what) {
    if (state != State.PASSING) {
      prefillFailed(what, Reply.failed(Leg.PREFILL, way.prefill(), what), true);
    }
  }

  private void answerBroke(Failure failure, String what, @Nullable Node from) {
    if (state == State.PASSING) {
      cut(failure);
    } else {
      decodeFailed(what, new Reply.Ours(failure), from, false);
    }
  }

  private void woke(long lastSignNanos) {
    Waiting.Found found =
        state == State.PASSING
            ? waiting.lookForRest(lastSignNanos, now)
            : waiting.lookForAnswer(now);
    switch (found) {
      case PATIENCE -> {}
      case SILENCE -> silent();
      case DEADLINE -> expired();
    }
  }

  private void silent() {
    boolean prefilling = state != State.PASSING && holdings.prefillUnderWay();
    Node node = prefilling ? way.prefill() : way.answering();
    Leg leg = prefilling ? Leg.PREFILL : way.answeringLeg();
    String what = "was silent for too long";
    Failure failure = new Failure.LegTimedOut(leg, node.id() + " " + what);
    note(new Fact.Silent(node, world.showsLife(node)));
    if (prefilling) {
      holdings.closePrefill();
      prefillFailed(what, new Reply.Ours(failure), false);
    } else {
      Node from = holdings.handedFrom();
      holdings.closeDecode();
      answerBroke(failure, what, from);
    }
  }

  private void expired() {
    if (state == State.PASSING) {
      cut(rules.tooLong());
    } else {
      give(new Reply.Ours(rules.tooLate()));
    }
  }

  // --- the end ---

  private void give(Reply reply) {
    say(reply.effect(attempts.tries()));
    end(reply.outcome());
  }

  private void end(Outcome how) {
    holdings.giveAllBack();
    state = State.ENDED;
    outcome = how;
    say(new Effect.End(how));
  }

  private void say(Effect effect) {
    effects.add(effect);
  }

  private void note(Fact fact) {
    say(new Effect.Note(fact));
  }
}
