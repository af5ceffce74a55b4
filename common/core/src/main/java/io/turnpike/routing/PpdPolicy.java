package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.random.RandomGenerator;

/** Mode {@code ppd}: turn 1 goes P→D, later turns go to the decode node that holds the KV. */
final class PpdPolicy implements RoutingPolicy {

  static final PpdPolicy INSTANCE = new PpdPolicy();

  private PpdPolicy() {}

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    Holder holder = turn.earlierHolder();
    if (holder == null) {
      Reason reason = turn.placementKey() == null ? Reason.FIRST_TURN : Reason.STORE_UNAVAILABLE;
      return new Pairing(turn, view, random).place(reason);
    }
    Node node = holder.stillHolding(Role.DECODE, view);
    if (node == null) {
      return new Pairing(turn, view, random).place(holder.whyLost(Role.DECODE, view));
    }
    return view.usability().alone(node)
        ? new Alone(node, Reason.CACHE_WARM)
        : new Pairing(turn, view, random).place(Reason.CONNECTOR);
  }
}
