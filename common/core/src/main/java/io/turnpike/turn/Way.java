package io.turnpike.turn;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.routing.Route;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.TurnFacts;
import io.turnpike.turn.Effect.Burden;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way that a turn takes at the moment: its nodes, what is reserved there, and its legs. */
final class Way {

  private static final TurnFacts UNKNOWN = new TurnFacts(null, 1, null, 0, 0, -1, false, null);

  private final Holdings holdings;
  private final Waiting waiting;
  private final Timeline times;
  private TurnFacts facts = UNKNOWN;
  private @Nullable RouteDecision decision;

  Way(Holdings holdings, Waiting waiting, Timeline times) {
    this.holdings = holdings;
    this.waiting = waiting;
    this.times = times;
  }

  void recognised(TurnFacts known) {
    facts = known;
  }

  /** What is known of the turn. */
  TurnFacts facts() {
    return facts;
  }

  /** What was decided last; null: nothing yet. */
  @Nullable RouteDecision decision() {
    return decision;
  }

  /** What is known of the turn has changed: an answer that broke off is a part of its prompt. */
  void goesOnFrom(long promptTokens, long maxTokens) {
    facts =
        new TurnFacts(
            facts.model(),
            facts.turn(),
            facts.holder(),
            promptTokens,
            facts.cachedTokens(),
            maxTokens,
            facts.severalSequences(),
            facts.placementKey());
  }

  /** Asks the node that is to go on for the tokens of what was said. */
  void askTokens(RouteDecision next, long nowNanos) {
    decision = next;
    waiting.forAnswer(answering(), 0, nowNanos);
    holdings.askTokens(answering());
  }

  /** Nobody can be asked. */
  void refused(Refused refused) {
    decision = refused;
  }

  /** Reserves what the way needs and sends its first leg, or both where they overlap. */
  void begin(RouteDecision next, long nowNanos) {
    decision = next;
    times.prefillNanos = -1;
    long prompt = facts.promptTokens();
    long most = facts.maxTokens();
    switch (next) {
      case Split split -> {
        long missing = prompt - cachedOn(split.decode());
        holdings.reserveAnswer(split.decode(), new Burden(prompt, most, 0, missing));
        holdings.reservePrefill(split.prefill(), facts.promptTokens());
        times.prefillSentNanos = nowNanos;
        waiting.forAnswer(split.prefill(), facts.promptTokens(), nowNanos);
        holdings.sendPrefill(split.prefill(), split.decode());
        if (split.prefill().connector().order() == Connector.Order.OVERLAPPING) {
          send(split.decode(), split.prefill(), nowNanos);
        }
      }
      case Alone alone -> {
        long toCompute = prompt - cachedOn(alone.node());
        holdings.reserveAnswer(alone.node(), new Burden(prompt, most, toCompute, toCompute));
        waiting.forAnswer(alone.node(), toCompute, nowNanos);
        send(alone.node(), null, nowNanos);
      }
      case Refused refused -> throw new IllegalArgumentException("nothing to begin: " + refused);
    }
  }

  private long cachedOn(Node node) {
    TurnFacts.Holder holder = facts.earlierHolder();
    return holder != null && holder.equals(new TurnFacts.Holder(node.id(), node.epoch()))
        ? Math.min(facts.cachedTokens(), facts.promptTokens())
        : 0;
  }

  /** P did its part: D goes on, if it has not begun already. */
  void handOver(long nowNanos) {
    waiting.forAnswer(answering(), 0, nowNanos);
    if (!holdings.decodeUnderWay()) {
      send(answering(), prefill(), nowNanos);
    }
  }

  private void send(Node node, @Nullable Node from, long nowNanos) {
    times.decodeSentNanos = nowNanos;
    long latest = waiting.firstContentDeadline();
    if (from != null && from.connector().passesParamsOn()) {
      latest = Math.min(latest, nowNanos + TurnRules.PARAMS_LIFE.toNanos());
    }
    holdings.sendDecode(node, from, latest);
  }

  /** The node whose answer the client is to get. */
  Node answering() {
    return Objects.requireNonNull(Objects.requireNonNull(decision).answering());
  }

  /** The node that computes the prompt for it. */
  Node prefill() {
    return Objects.requireNonNull(Objects.requireNonNull(decision).prefill());
  }

  Leg answeringLeg() {
    boolean replica = Objects.requireNonNull(decision).route() == Route.REPLICA;
    return replica ? Leg.REPLICA : Leg.DECODE;
  }

  /** The handoff from P to D, for people. */
  String handoff(Node prefill) {
    return "handoff " + prefill.id() + "→" + answering().id();
  }

  /** What a client is told of the leg that was to answer. */
  Failure failed(String what) {
    return new Failure.LegFailed(answeringLeg(), answering().id() + " " + what);
  }
}
