package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.List;
import java.util.random.RandomGenerator;

/** Plain replicas: a conversation stays on its replica, a new one goes to the least loaded. */
public final class ReplicaPolicy implements RoutingPolicy {

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    Holder holder = turn.earlierHolder();
    Reason why = turn.placementKey() == null ? Reason.LEAST_LOADED : Reason.STORE_UNAVAILABLE;
    if (holder != null) {
      Reason lost = holder.whyLost(Role.REPLICA, view);
      Node node = view.cluster().node(holder.node());
      if (lost == null && node != null) {
        return new Alone(node, Reason.CACHE_WARM);
      }
      why = lost == null ? Reason.DECODE_GONE : lost;
    }
    return place(turn, view, random, why);
  }

  /** A new place for the turn. */
  static RouteDecision place(
      TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    List<Node> replicas = Candidates.of(Role.REPLICA, turn, view);
    Node chosen =
        turn.placementKey() == null
            ? NodeSelection.leastLoaded(replicas, view, random)
            : Rendezvous.choose(replicas, turn.placementKey());
    return chosen == null ? new Refused(Reason.NO_REPLICA_NODE) : new Alone(chosen, reason);
  }
}
