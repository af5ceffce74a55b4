package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Rejected;
import io.turnpike.routing.RouteDecision.Replica;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.random.RandomGenerator;

/** Plain replicas: a conversation stays on its replica, a new one goes to the least loaded. */
public final class ReplicaPolicy implements RoutingPolicy {

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    Holder holder = turn.holder();
    Reason why = turn.placementKey() == null ? Reason.LEAST_LOADED : Reason.STORE_UNAVAILABLE;
    if (holder != null) {
      Node node = view.cluster().node(holder.node());
      Reason lost = PpdPolicy.whyLost(Role.REPLICA, holder, node, view);
      if (lost == null && node != null) {
        return new Replica(node, Reason.CACHE_WARM);
      }
      why = lost == null ? Reason.DECODE_GONE : lost;
    }
    Node chosen =
        turn.placementKey() == null
            ? NodeSelection.leastLoaded(Candidates.of(Role.REPLICA, turn, view), view, random)
            : Rendezvous.choose(Candidates.of(Role.REPLICA, turn, view), turn.placementKey());
    return chosen == null ? new Rejected(Reason.NO_REPLICA_NODE) : new Replica(chosen, why);
  }
}
