package io.turnpike.turn;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.routing.Reason;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.TurnFacts;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Event.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way of one turn: a pure state machine. Events go in, with the time at which they happened;
 * what is to be done comes out. No threads, no clock, no I/O; used by one thread.
 *
 * <pre>
 *  event                        RECOGNISING  PREFILLING       DECODING           PASSING
 *  recognised                   decide (1)   -                -                  -
 *  P answered, params in order  -            DECODING         - (2)              -
 *  P answered without params    -            other P, D alone -                  -
 *  P refused (4xx)              -            D alone (3)      D alone (2)(3)     -
 *  P failed or broke            -            other P, D alone D alone (2)        -
 *  P silent                     -            D alone          D alone (2)        -
 *  D good                       -            -                PASSING            -
 *  D refused (4xx)              -            -                ENDED: its words   -
 *  D failed, empty, with params -            -                same D (4), then   -
 *  D failed, empty, busy, cut   -            -                elsewhere (5)      -
 *  D broke, or is silent        -            -                elsewhere (5)      ENDED: cut
 *  D's node lost                -            elsewhere (5)    elsewhere (5)      ENDED: cut
 *  P's node lost                -            other P, D alone D alone (2)        -
 *  answer ended, whole          -            -                -                  ENDED: answered
 *  answer ended otherwise       -            -                -                  ENDED: cut
 *  deadline                     ENDED: 504   ENDED: 504       ENDED: 504         ENDED: cut
 *  client left or stalled       ENDED        ENDED            ENDED              ENDED
 *
 *  (1) to PREFILLING (P, then D), to DECODING (one node alone, or both legs of a connector whose
 *      legs overlap), or ENDED with an error that says which node is missing
 *  (2) only while an overlapping prefill leg is open; the decode leg is closed then
 *  (3) but 401, 404 and 413, which D would say too: ENDED with P's words
 *  (4) once for each D, through another P; it counts as a lost handoff of the pair
 *  (5) another node of the role, through P again; none left: the same one, once a turn; else ENDED
 *      with the last words or an error that names the leg. At most {@link TurnRules#MAX_TRIES} tries
 * </pre>
 *
 * Parameters of a handoff go along with one leg, once: whatever is tried after that leg starts with
 * a new prefill or the plain prompt. What a client's leaving causes counts against nobody.
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

  private static final TurnFacts UNKNOWN = new TurnFacts(null, 1, null, 0, 0, -1, false, null);

  private final RoutingPolicy policy;
  private final TurnRules rules;
  private final TurnWorld world;
  private final RandomGenerator random;
  private final Attempts attempts = new Attempts();
  private final Detours detours;
  private final Waiting waiting;
  private final Holdings holdings = new Holdings(this::say);
  private final Timeline times;

  private State state = State.RECOGNISING;
  private List<Effect> effects = new ArrayList<>();
  private long now;
  private TurnFacts facts = UNKNOWN;
  private @Nullable RouteDecision decision;
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
  }

  /** Takes an event; what is to be done now, in order. */
  public List<Effect> on(Event event, long nowNanos) {
    effects = new ArrayList<>(8);
    now = nowNanos;
    if (state != State.ENDED) {
      take(event);
    }
    return effects;
  }

  private void take(Event event) {
    switch (event) {
      case Event.Recognised(TurnFacts known) -> recognised(known);
      case Event.PrefillAnswered answer -> prefillAnswered(answer);
      case Event.Judged judged -> judged(judged);
      case Event.LegBroke(int leg, LegFault fault, String what) -> legBroke(leg, fault, what);
      case Event.AnswerEnded(int leg, Ending ending, String what) -> answerEnded(leg, ending, what);
      case Event.NodeLost(NodeId node) -> nodeLost(node);
      case Event.Woke(long lastSignNanos) -> woke(lastSignNanos);
      case Event.ClientLeft() -> end(Outcome.CLIENT_GONE);
      case Event.ClientStalled() -> end(Outcome.CLIENT_SLOW);
    }
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
    return new TurnRecord(
        decision,
        attempts.tries(),
        attempts.troubles(),
        attempts.lostHandoffs(),
        times.beganNanos,
        times.recognisedNanos,
        times.prefillNanos,
        times.decodeSentNanos,
        times.firstContentNanos,
        outcome);
  }

  // --- deciding ---

  private void recognised(TurnFacts known) {
    if (state != State.RECOGNISING) {
      return;
    }
    facts = known;
    times.recognisedNanos = now;
    RouteDecision first = policy.decide(facts, detours.view(), random);
    if (first instanceof Refused(Reason reason)) {
      decision = first;
      say(new Effect.Answer(new Failure.NoNode(reason), 0));
      end(Outcome.REJECTED);
    } else {
      begin(first);
    }
  }

  private void begin(RouteDecision next) {
    decision = next;
    attempts.begin();
    times.prefillNanos = -1;
    long tokens = facts.promptTokens() + facts.expectedAnswerTokens();
    switch (next) {
      case Split(Node prefill, Node decode, Reason reason) -> {
        holdings.reserveAnswer(decode, tokens, 0);
        holdings.reservePrefill(prefill, facts.promptTokens());
        state = State.PREFILLING;
        times.prefillSentNanos = now;
        waiting.forAnswer(prefill, now);
        holdings.sendPrefill(prefill, decode);
        if (prefill.connector().order() == Connector.Order.OVERLAPPING) {
          sendDecode(decode, prefill);
        }
      }
      case Alone(Node node, Reason reason) -> {
        holdings.reserveAnswer(node, tokens, facts.promptTokens() - cachedOn(node));
        sendDecode(node, null);
      }
      case Refused refused -> throw new IllegalArgumentException("nothing to begin: " + refused);
    }
  }

  private long cachedOn(Node node) {
    TurnFacts.Holder holder = facts.earlierHolder();
    return holder != null && holder.node().equals(node.id())
        ? Math.min(facts.cachedTokens(), facts.promptTokens())
        : 0;
  }

  private void sendDecode(Node node, @Nullable Node from) {
    state = State.DECODING;
    times.decodeSentNanos = now;
    waiting.forAnswer(node, now);
    boolean carriesParams = from != null && from.connector().passesParamsOn();
    holdings.sendDecode(
        node,
        from,
        carriesParams ? now + TurnRules.PARAMS_LIFE.toNanos() : waiting.firstContentDeadline());
  }

  /** Goes on another way, or gives up. */
  private void beginOr(@Nullable RouteDecision next, Reply reply) {
    if (next == null) {
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
    Node prefill = prefill();
    int status = answer.status();
    holdings.prefillEnded();
    if (status == 200 && answer.json()) {
      note(new Fact.Answered(prefill));
      times.prefillNanos = now - times.prefillSentNanos;
      if (prefill.connector().passesParamsOn() && !answer.params()) {
        paramsMissing(prefill);
      } else if (state == State.PREFILLING) {
        sendDecode(answering(), prefill);
      }
    } else if (Verdict.isRequestsFault(status)) {
      note(new Fact.Answered(prefill));
      prefillRefused(answer, prefill);
    } else {
      String what = status == 200 ? "answered no JSON" : "answered " + status;
      prefillFailed(what, Reply.of(answer, prefill, what), true);
    }
  }

  private void paramsMissing(Node prefill) {
    Node decode = answering();
    holdings.closeDecode();
    note(new Fact.HandoffLost(prefill, decode));
    attempts.handoffLost(prefill, decode);
    attempts.trouble(pair(prefill, decode) + ": prefill gave no kv_transfer_params");
    beginOr(
        detours.withoutPrefill(decode, facts, true, Reason.HANDOFF_LOST, Reason.HANDOFF_LOST),
        Reply.failed(Leg.PREFILL, prefill, "gave no handoff"));
  }

  /** It may be our copy of the request that P refuses, so D has the last word on the client's. */
  private void prefillRefused(Event.PrefillAnswered answer, Node prefill) {
    int status = answer.status();
    holdings.closeDecode();
    boolean everyEngineWould = status == 401 || status == 404 || status == 413;
    RouteDecision plain =
        everyEngineWould || attempts.isExhausted()
            ? null
            : detours.plain(answering(), Reason.PREFILL_FAILED);
    if (plain != null) {
      attempts.trouble("prefill " + prefill.id() + " refused with " + status);
    }
    beginOr(plain, Reply.of(answer, prefill, "refused with " + status));
  }

  /**
   * @param another whether another prefill node may do better than D alone
   */
  private void prefillFailed(String what, Reply reply, boolean another) {
    Node prefill = prefill();
    holdings.closeDecode();
    attempts.trouble("prefill " + prefill.id() + " " + what);
    attempts.prefillFailed(prefill);
    boolean askAnother = another && attempts.mayAskAnotherPrefill();
    Reason alone = askAnother ? Reason.NO_PREFILL : Reason.PREFILL_FAILED;
    beginOr(
        detours.withoutPrefill(answering(), facts, askAnother, Reason.PREFILL_FAILED, alone),
        reply);
  }

  // --- the leg that answers ---

  private void judged(Event.Judged judged) {
    if (!holdings.isDecode(judged.leg()) || state != State.DECODING) {
      return;
    }
    Node node = answering();
    switch (judged.verdict()) {
      case HELD -> {}
      case GOOD -> pass(node);
      case REFUSED -> {
        note(new Fact.Answered(node));
        holdings.decodeEnded();
        give(Reply.of(judged, answeringLeg(), node));
      }
      case BUSY, CUT ->
          decodeFailed(
              judged.what(), Reply.of(judged, answeringLeg(), node), holdings.handedFrom(), false);
      case FAILED, EMPTY -> {
        Node from = holdings.handedFrom();
        if (from != null) {
          note(new Fact.HandoffLost(from, node));
        }
        decodeFailed(judged.what(), Reply.of(judged, answeringLeg(), node), from, from != null);
      }
    }
  }

  private void pass(Node node) {
    Node from = holdings.handedFrom();
    note(new Fact.Answered(node));
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
   * @param onceMore whether the same D may do better through another P
   */
  private void decodeFailed(String what, Reply reply, @Nullable Node from, boolean onceMore) {
    Node node = answering();
    holdings.closePrefill();
    holdings.decodeEnded();
    if (from == null) {
      attempts.trouble(node.id() + " " + what);
    } else {
      attempts.handoffLost(from, node);
      attempts.trouble(pair(from, node) + ": " + node.id() + " " + what);
    }
    Reason reason = from == null ? Reason.DECODE_FAILED : Reason.HANDOFF_LOST;
    beginOr(detours.afterDecode(node, facts, onceMore, reason), reply);
  }

  private void answerEnded(int leg, Ending ending, String what) {
    if (!holdings.isDecode(leg) || state != State.PASSING) {
      return;
    }
    holdings.decodeEnded();
    switch (ending) {
      case WHOLE -> end(Outcome.ANSWERED);
      case WITH_ERROR -> end(Outcome.CUT);
      case CUT -> cut(failed(what));
    }
  }

  private void cut(Failure failure) {
    say(new Effect.CutAnswer(failure));
    end(Outcome.CUT);
  }

  // --- connections, nodes, time ---

  private void legBroke(int leg, LegFault fault, String what) {
    if (holdings.isPrefill(leg)) {
      note(new Fact.Broke(prefill(), fault, Leg.PREFILL));
      holdings.prefillEnded();
      prefillFailed(what, Reply.failed(Leg.PREFILL, prefill(), what), true);
    } else if (holdings.isDecode(leg)) {
      note(new Fact.Broke(answering(), fault, answeringLeg()));
      Node from = fault.isBeforeRequest() ? null : holdings.handedFrom();
      holdings.decodeEnded();
      answerBroke(failed(what), what, from);
    }
  }

  private void answerBroke(Failure failure, String what, @Nullable Node from) {
    if (state == State.PASSING) {
      cut(failure);
    } else {
      decodeFailed(what, new Reply.Ours(failure), from, false);
    }
  }

  private void nodeLost(NodeId lost) {
    String what = "went away";
    if (holdings.prefillUnderWay() && prefill().id().equals(lost)) {
      holdings.closePrefill();
      prefillFailed(what, Reply.failed(Leg.PREFILL, prefill(), what), true);
    } else if (state != State.RECOGNISING && answering().id().equals(lost)) {
      Node from = holdings.handedFrom();
      holdings.closeDecode();
      answerBroke(failed(what), what, from);
    }
  }

  private void woke(long lastSignNanos) {
    Waiting.Found found =
        switch (state) {
          case RECOGNISING, ENDED -> waiting.lookForBegin(now);
          case PREFILLING -> waiting.lookForAnswer(prefill(), now);
          case DECODING -> waiting.lookForAnswer(answering(), now);
          case PASSING -> waiting.lookForRest(lastSignNanos, now);
        };
    switch (found) {
      case PATIENCE -> {}
      case SILENCE -> silent();
      case DEADLINE -> expired();
    }
  }

  private void silent() {
    boolean prefilling = state == State.PREFILLING;
    Node node = prefilling ? prefill() : answering();
    String what = "was silent for too long";
    Failure failure =
        new Failure.LegTimedOut(prefilling ? Leg.PREFILL : answeringLeg(), node.id() + " " + what);
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
      long seconds = rules.within().toSeconds();
      cut(new Failure.TurnTimedOut("not done within " + seconds + " s"));
    } else {
      long seconds = rules.firstContentWithin().toSeconds();
      give(new Reply.Ours(new Failure.TurnTimedOut("no content within " + seconds + " s")));
    }
  }

  // --- the end ---

  private void give(Reply reply) {
    switch (reply) {
      case Reply.Words(int leg, int status) -> {
        say(new Effect.PassWords(leg));
        end(status >= 400 && status < 500 ? Outcome.REFUSED : Outcome.FAILED);
      }
      case Reply.Ours(Failure failure) -> {
        say(new Effect.Answer(failure, attempts.tries()));
        end(Outcome.FAILED);
      }
    }
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

  private Failure failed(String what) {
    return new Failure.LegFailed(answeringLeg(), answering().id() + " " + what);
  }

  private static String pair(Node prefill, Node decode) {
    return "handoff " + prefill.id() + "→" + decode.id();
  }

  private Leg answeringLeg() {
    return answering().role() == Role.REPLICA ? Leg.REPLICA : Leg.DECODE;
  }

  private Node answering() {
    return Objects.requireNonNull(Objects.requireNonNull(decision).answering());
  }

  private Node prefill() {
    return Objects.requireNonNull(Objects.requireNonNull(decision).prefill());
  }
}
