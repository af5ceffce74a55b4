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
      return Pairing.place(turn, view, random, reason);
    }
    Reason lost = holder.whyLost(Role.DECODE, view);
    Node node = view.cluster().node(holder.node());
    if (lost != null || node == null) {
      return Pairing.place(turn, view, random, lost == null ? Reason.DECODE_GONE : lost);
    }
    return view.usability().alone(node)
        ? new Alone(node, Reason.CACHE_WARM)
        : Pairing.place(turn, view, random, Reason.CONNECTOR);
  }
}
