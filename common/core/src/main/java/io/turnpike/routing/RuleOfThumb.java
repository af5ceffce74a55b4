package io.turnpike.routing;

import io.turnpike.cost.NodeWork;
import io.turnpike.node.Node;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.random.RandomGenerator;

/**
 * What mode {@code adaptive} does where it cannot price paths: a first turn P→D; a later one stays
 * on its holder if little is to be computed, or prefill nodes are busy, unless the holder is.
 * Replicas are asked where nobody else answers.
 */
final class RuleOfThumb {

  private static final long FEW_TOKENS = 2_048;
  private static final double FEW_OF_THE_PROMPT = 0.7;

  /** Prompts that keep a prefill node busy: as many as one full step computes. */
  private static final long BUSY_TOKENS = 8_192;

  /** Share of its KV memory in use from which on a node is busy. */
  private static final double BUSY_MEMORY = 0.9;

  private final TurnFacts turn;
  private final RoutingView view;
  private final RandomGenerator random;

  RuleOfThumb(TurnFacts turn, RoutingView view, RandomGenerator random) {
    this.turn = turn;
    this.view = view;
    this.random = random;
  }

  RouteDecision decide() {
    Holder holder = turn.earlierHolder();
    if (holder == null) {
      return place(turn.placementKey() == null ? Reason.FIRST_TURN : Reason.STORE_UNAVAILABLE);
    }
    Node node = holder.stillAnswering(view);
    if (node == null) {
      return place(holder.whyLost(Role.DECODE, view));
    }
    return view.usability().alone(node) ? stayOrSplit(node) : place(Reason.CONNECTOR);
  }

  private RouteDecision stayOrSplit(Node node) {
    Node prefill =
        turn.severalSequences() || node.role() == Role.REPLICA
            ? null
            : new Pairing(turn, view, random).prefillFor(node);
    if (prefill == null) {
      return new Alone(node, Reason.CACHE_WARM);
    }
    if (isBusy(node)) {
      return new Split(prefill, node, Reason.DECODE_BUSY);
    }
    if (isLittleNew()) {
      return new Alone(node, Reason.FEW_NEW_TOKENS);
    }
    return waitingTokens(prefill) > BUSY_TOKENS
        ? new Alone(node, Reason.PREFILL_BUSY)
        : new Split(prefill, node, Reason.MANY_NEW_TOKENS);
  }

  private boolean isLittleNew() {
    long fresh = turn.promptTokens() - turn.cachedTokens();
    return fresh < FEW_TOKENS && fresh < FEW_OF_THE_PROMPT * turn.promptTokens();
  }

  private long waitingTokens(Node node) {
    NodeWork work = new NodeWork();
    view.load().tell(node.id(), work);
    return work.promptTokens;
  }

  private static boolean isBusy(Node node) {
    NodeLoad load = node.load();
    return load != null && load.kvUsage() > BUSY_MEMORY;
  }

  /** A new place for the turn. */
  RouteDecision place(Reason reason) {
    RouteDecision found = new Pairing(turn, view, random).place(reason);
    if (!(found instanceof Refused)) {
      return found;
    }
    RouteDecision replica = new ReplicaPolicy().elsewhere(turn, view, random, reason);
    return replica instanceof Refused ? found : replica;
  }
}
