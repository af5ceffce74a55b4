package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Places a turn on a decode node and finds it a prefill node. D comes first, because a finished
 * prefill must never wait for a place on D; the two choices are independent, so that equal numbers
 * of P and D do not always pair the same two.
 */
final class Pairing {

  private Pairing() {}

  /** A new place for the turn, P→D if a prefill node can be had. */
  static RouteDecision place(
      TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    List<Node> decodes = Candidates.orSuspects(Role.DECODE, turn, view);
    List<Node> prefills = Candidates.of(Role.PREFILL, turn, view);
    List<Node> paired = Candidates.filter(decodes, d -> hasPartner(prefills, d, view));
    List<Node> preferred = paired.isEmpty() ? decodes : paired;
    Node decode =
        turn.placementKey() == null
            ? NodeSelection.lessLoadedOfTwo(preferred, view, random)
            : Rendezvous.choose(preferred, turn.placementKey());
    if (decode == null) {
      return new Refused(Reason.NO_DECODE_NODE);
    }
    if (turn.severalSequences()) {
      return alone(decode, view, Reason.SEVERAL_SEQUENCES);
    }
    Node prefill = prefillFor(decode, turn, view, random);
    return prefill == null
        ? alone(decode, view, whyAlone(prefills, decode))
        : new Split(prefill, decode, reason);
  }

  /** D without P, where its connector allows that. */
  private static RouteDecision alone(Node decode, RoutingView view, Reason reason) {
    return view.usability().alone(decode)
        ? new Alone(decode, reason)
        : new Refused(Reason.NO_PREFILL_NODE);
  }

  /**
   * A prefill node for a decode node that is already chosen, or null. A suspect one is asked only
   * where D cannot do without.
   */
  static @Nullable Node prefillFor(
      Node decode, TurnFacts turn, RoutingView view, RandomGenerator random) {
    List<Node> prefills =
        view.usability().alone(decode)
            ? Candidates.of(Role.PREFILL, turn, view)
            : Candidates.orSuspects(Role.PREFILL, turn, view);
    List<Node> partners = Candidates.filter(prefills, prefill -> isPair(prefill, decode, view));
    return NodeSelection.lessLoadedOfTwo(partners, view, random);
  }

  private static boolean hasPartner(List<Node> prefills, Node decode, RoutingView view) {
    for (Node prefill : prefills) {
      if (isPair(prefill, decode, view)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPair(Node prefill, Node decode, RoutingView view) {
    return prefill.pairsWith(decode) && view.usability().pair(prefill, decode);
  }

  private static Reason whyAlone(List<Node> prefills, Node decode) {
    return prefills.stream().anyMatch(prefill -> prefill.pairsWith(decode))
        ? Reason.PAIR_SUSPENDED
        : Reason.NO_PREFILL;
  }
}
