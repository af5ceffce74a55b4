package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.TurnMachine.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What each event leads to in one turn: the rows of {@link TurnMachine}'s table. */
final class TurnCourse {

  private final RoutingPolicy policy;
  private final TurnRules rules;
  private final TurnWorld world;
  private final RandomGenerator random;
  private final Attempts attempts = new Attempts();
  private final Resuming resuming = new Resuming();
  private final Detours detours;
  private final Waiting waiting;
  private final Holdings holdings = new Holdings(this::say);
  private final Timeline times;
  private final Way way;

  private State state = State.RECOGNISING;
  private List<Effect> effects = new ArrayList<>();
  private long now;
  private @Nullable Outcome outcome;

  TurnCourse(
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
    this.detours = new Detours(policy, world, random, attempts);
    this.waiting = new Waiting(rules, world, nowNanos);
    this.way = new Way(holdings, waiting, times);
  }

  /** Lets an event happen, unless the turn is over; what is to be done now, in order. */
  List<Effect> takes(long nowNanos, Consumer<TurnCourse> event) {
    effects = new ArrayList<>(8);
    now = nowNanos;
    if (state != State.ENDED) {
      event.accept(this);
    }
    return effects;
  }

  State state() {
    return state;
  }

  long dueNanos() {
    return waiting.dueNanos();
  }

  TurnRecord record() {
    return times.record(way.decision(), attempts, outcome);
  }

  // --- deciding ---

  void recognised(Event.Recognised known) {
    if (state != State.RECOGNISING) {
      return;
    }
    times.recognisedNanos = now;
    way.recognised(known.facts());
    resuming.recognised(known.ifCut());
    RouteDecision first = policy.decide(known.facts(), detours.view(), random);
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
    if (resuming.asksTokens()) {
      state = State.RESUMING;
      way.askTokens(next, now);
    } else {
      send(next);
    }
  }

  private void send(RouteDecision next) {
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

  void prefillAnswered(Event.PrefillAnswered answer) {
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

  void judged(Event.Judged judged) {
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
    state = State.PASSING;
    waiting.forRest(now);
    say(new Effect.PromptDone());
    say(new Effect.Remember(node));
    if (resuming.isAllowed()) {
      say(new Effect.KeepBody());
    } else {
      holdings.dropBody();
    }
    if (resuming.cut() == null) {
      times.answerBegan(way.decision(), now);
      say(new Effect.Pass(holdings.decodeLeg()));
    } else {
      resuming.goesOn();
      say(new Effect.GoOn(holdings.decodeLeg(), Objects.requireNonNull(way.decision())));
    }
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

  void answerEnded(Event.AnswerEnded ended) {
    if (!holdings.isDecode(ended.leg()) || state != State.PASSING) {
      return;
    }
    holdings.decodeEnded();
    switch (ended.ending()) {
      case WHOLE -> end(Outcome.ANSWERED);
      case WITH_ERROR -> end(Outcome.CUT);
      case CUT -> brokeOff(way.failed(ended.what()), ended.what());
    }
  }

  // --- an answer that breaks off ---

  /** The client has seen some of it: it goes on elsewhere, or the client is told. */
  private void brokeOff(Failure failure, String what) {
    if (!resuming.isAllowed()) {
      cut(failure);
      return;
    }
    state = State.RESUMING;
    resuming.begin(failure);
    waiting.forFirstContent(now);
    holdings.closePrefill();
    holdings.releaseAnswer();
    beginOr(detours.afterCut(way, what), new Reply.Ours(failure));
  }

  void tokensKnown(Event.TokensKnown known) {
    if (holdings.isDecode(known.leg()) && state == State.RESUMING) {
      holdings.decodeEnded();
      resuming.tokensKnown();
      way.goesOnFrom(known.promptTokens(), known.maxTokens());
      RouteDecision next = detours.stillGood(way);
      if (next == null) {
        cut(Objects.requireNonNull(resuming.cut()));
      } else {
        send(next);
      }
    }
  }

  void notResumable(Event.NotResumable refusal) {
    if (holdings.isDecode(refusal.leg()) && state == State.RESUMING) {
      holdings.decodeEnded();
      attempts.cannotGoOn(refusal.what());
      cut(Objects.requireNonNull(resuming.cut()));
    }
  }

  private void cut(Failure failure) {
    say(new Effect.CutAnswer(failure));
    end(Outcome.CUT);
  }

  // --- connections, nodes, time ---

  void legBroke(Event.LegBroke broke) {
    LegFault fault = broke.fault();
    if (holdings.isPrefill(broke.leg())) {
      note(new Fact.Broke(way.prefill(), fault, Leg.PREFILL));
      holdings.prefillEnded();
      prefillBroke(broke.what());
    } else if (holdings.isDecode(broke.leg())) {
      note(new Fact.Broke(way.answering(), fault, way.answeringLeg()));
      Node from = fault.isBeforeRequest() ? null : holdings.handedFrom();
      holdings.decodeEnded();
      answerBroke(way.failed(broke.what()), broke.what(), from);
    }
  }

  void nodeLost(NodeId lost) {
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
      brokeOff(failure, what);
    } else {
      decodeFailed(what, new Reply.Ours(failure), from, false);
    }
  }

  void woke(long lastSignNanos) {
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

  /** Nothing better comes: the client gets this, or hears of the cut if it has seen content. */
  private void give(Reply reply) {
    Failure cut = resuming.cut();
    if (cut == null) {
      say(reply.effect(attempts.tries()));
      end(reply.outcome());
    } else {
      cut(cut);
    }
  }

  void end(Outcome how) {
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
