package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Recovery;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RoutingView;
import io.turnpike.routing.TurnFacts;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which way a turn takes after one failed, in the order in which they are worth it. */
final class Detours {

  private final TurnWorld world;
  private final RandomGenerator random;
  private final Attempts attempts;

  Detours(TurnWorld world, RandomGenerator random, Attempts attempts) {
    this.world = world;
    this.random = random;
    this.attempts = attempts;
  }

  /** The world less what this turn tried in vain. */
  RoutingView view() {
    RoutingView all = world.view();
    return new RoutingView(all.cluster(), all.load(), attempts.over(all.usability()));
  }

  /**
   * P did not do it: another P, then D alone, then another D.
   *
   * @param askAnother whether another P is worth it
   * @param through the reason of a way through another P
   * @param alone the reason of D's doing it alone
   */
  @Nullable RouteDecision withoutPrefill(
      Node decode, TurnFacts facts, boolean askAnother, Reason through, Reason alone) {
    if (attempts.isExhausted()) {
      return null;
    }
    if (!isStillGood(decode)) {
      return elsewhere(decode, facts, through);
    }
    RouteDecision next = askAnother ? anotherPrefill(decode, facts, through) : null;
    if (next == null) {
      next = plain(decode, alone);
    }
    if (next == null) {
      next = anotherPrefill(decode, facts, through);
    }
    return next == null ? elsewhere(decode, facts, through) : next;
  }

  /**
   * D did not do it: the same D through another P, where its own word says that the handoff was at
   * fault; then elsewhere.
   */
  @Nullable RouteDecision afterDecode(
      Node decode, TurnFacts facts, boolean onceMore, Reason reason) {
    if (attempts.isExhausted()) {
      return null;
    }
    RouteDecision again =
        onceMore && isStillGood(decode) && attempts.mayAskOnceMore(decode)
            ? anotherPrefill(decode, facts, reason)
            : null;
    return again == null ? elsewhere(decode, facts, reason) : again;
  }

  /** The same node with the plain prompt, or null where its connector forbids that. */
  @Nullable RouteDecision plain(Node node, Reason reason) {
    return Recovery.plain(node, view(), reason);
  }

  /** Another node; none left: the same one, once a turn. */
  private @Nullable RouteDecision elsewhere(Node node, TurnFacts facts, Reason reason) {
    attempts.ruleOut(node);
    RouteDecision next = Recovery.elsewhere(node, facts, view(), random, reason);
    if (!(next instanceof Refused)) {
      return next;
    }
    if (!isInTable(node) || !attempts.takeLastChance(node)) {
      return null;
    }
    RouteDecision plain = plain(node, reason);
    return plain == null ? anotherPrefill(node, facts, reason) : plain;
  }

  private @Nullable RouteDecision anotherPrefill(Node decode, TurnFacts facts, Reason reason) {
    return Recovery.anotherPrefill(decode, facts, view(), random, reason);
  }

  private boolean isInTable(Node node) {
    return world.view().cluster().node(node.id()) != null;
  }

  /** Whether a node is ready, in the same life, and not of ill repute. */
  private boolean isStillGood(Node node) {
    RoutingView view = view();
    Node present = view.cluster().node(node.id());
    return present != null
        && present.isReady()
        && present.epoch().equals(node.epoch())
        && view.usability().node(present);
  }
}
