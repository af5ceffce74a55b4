package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Places a turn on a decode node and finds it a prefill node. D comes first, because a finished
 * prefill must never wait for a place on D; the two choices are independent, so that equal numbers
 * of P and D do not always pair the same two.
 *
 * <p>In this order: a ready D with a ready P; a ready D alone; a ready D that cannot do without and
 * a suspect P, or one whose handoffs to it failed of late; then the same with suspect Ds.
 */
final class Pairing {

  private final TurnFacts turn;
  private final RoutingView view;
  private final RandomGenerator random;

  Pairing(TurnFacts turn, RoutingView view, RandomGenerator random) {
    this.turn = turn;
    this.view = view;
    this.random = random;
  }

  /**
   * A new place for the turn, P→D if a prefill node can be had.
   *
   * @param reason of a way through P
   */
  RouteDecision place(Reason reason) {
    List<Node> ready = Candidates.ready(Role.DECODE, turn, view);
    RouteDecision found = placeAmong(ready, reason);
    if (!(found instanceof Refused)) {
      return found;
    }
    List<Node> suspects = Candidates.suspect(Role.DECODE, turn, view);
    return suspects.isEmpty() ? found : placeAmong(suspects, reason);
  }

  private RouteDecision placeAmong(List<Node> decodes, Reason reason) {
    if (decodes.isEmpty()) {
      return new Refused(Reason.NO_DECODE_NODE);
    }
    List<Node> prefills =
        turn.severalSequences() ? List.of() : Candidates.ready(Role.PREFILL, turn, view);
    RouteDecision found = split(decodes, prefills, reason);
    if (found != null) {
      return found;
    }
    Node alone = choose(Candidates.filter(decodes, view.usability()::alone));
    if (alone != null) {
      return new Alone(alone, whyAlone(prefills, alone));
    }
    found = turn.severalSequences() ? null : split(decodes, suspectPrefills(), reason);
    if (found == null && !turn.severalSequences()) {
      found = split(decodes, prefills, reason, view.usability()::lastResort);
    }
    return found == null ? new Refused(Reason.NO_PREFILL_NODE) : found;
  }

  private @Nullable RouteDecision split(List<Node> decodes, List<Node> prefills, Reason reason) {
    return split(decodes, prefills, reason, view.usability()::pair);
  }

  private @Nullable RouteDecision split(
      List<Node> decodes, List<Node> prefills, Reason reason, BiPredicate<Node, Node> pairs) {
    Node decode = choose(Candidates.filter(decodes, d -> hasPartner(prefills, d, pairs)));
    Node prefill = decode == null ? null : partner(prefills, decode, pairs);
    return decode == null || prefill == null ? null : new Split(prefill, decode, reason);
  }

  /**
   * A prefill node for a decode node that is already chosen, or null. A suspect one, or one whose
   * handoffs failed of late, is asked only where D cannot do without.
   */
  @Nullable Node prefillFor(Node decode) {
    List<Node> ready = Candidates.ready(Role.PREFILL, turn, view);
    Node partner = partner(ready, decode, view.usability()::pair);
    if (partner != null || view.usability().alone(decode)) {
      return partner;
    }
    Node suspect = partner(suspectPrefills(), decode, view.usability()::pair);
    return suspect != null ? suspect : partner(ready, decode, view.usability()::lastResort);
  }

  private List<Node> suspectPrefills() {
    return Candidates.suspect(Role.PREFILL, turn, view);
  }

  private @Nullable Node choose(List<Node> nodes) {
    return turn.placementKey() == null
        ? NodeSelection.lessLoadedOfTwo(nodes, view, random)
        : Rendezvous.choose(nodes, turn.placementKey());
  }

  private @Nullable Node partner(List<Node> prefills, Node decode, BiPredicate<Node, Node> pairs) {
    List<Node> partners = Candidates.filter(prefills, prefill -> isPair(prefill, decode, pairs));
    return NodeSelection.lessLoadedOfTwo(partners, view, random);
  }

  private static boolean hasPartner(
      List<Node> prefills, Node decode, BiPredicate<Node, Node> pairs) {
    for (Node prefill : prefills) {
      if (isPair(prefill, decode, pairs)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPair(Node prefill, Node decode, BiPredicate<Node, Node> pairs) {
    return prefill.pairsWith(decode) && pairs.test(prefill, decode);
  }

  private Reason whyAlone(List<Node> prefills, Node decode) {
    if (turn.severalSequences()) {
      return Reason.SEVERAL_SEQUENCES;
    }
    return prefills.stream().anyMatch(prefill -> prefill.pairsWith(decode))
        ? Reason.PAIR_SUSPENDED
        : Reason.NO_PREFILL;
  }
}
