package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Plain replicas: a conversation stays on its replica, a new one goes to the least loaded. A node
 * of role any is a replica here, unless it serves no turn without a handoff.
 */
public final class ReplicaPolicy implements RoutingPolicy {

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    Holder holder = turn.earlierHolder();
    if (holder == null) {
      boolean known = turn.placementKey() == null;
      return place(turn, view, random, known ? Reason.LEAST_LOADED : Reason.STORE_UNAVAILABLE);
    }
    Node node = holder.stillHolding(Role.REPLICA, view);
    return node == null || !view.usability().alone(node)
        ? place(turn, view, random, holder.whyLost(Role.REPLICA, view))
        : alone(node, Reason.CACHE_WARM);
  }

  @Override
  public RouteDecision elsewhere(
      TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    return place(turn, view, random, reason);
  }

  @Override
  public Alone alone(Node node, Reason reason) {
    return new Alone(node, Route.REPLICA, reason);
  }

  private RouteDecision place(
      TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    List<Node> replicas = Candidates.ready(Role.REPLICA, turn, view);
    if (replicas.isEmpty()) {
      replicas = Candidates.suspect(Role.REPLICA, turn, view);
    }
    Node chosen =
        turn.placementKey() == null
            ? NodeSelection.leastLoaded(replicas, view, random)
            : Rendezvous.choose(replicas, turn.placementKey());
    return chosen == null ? new Refused(Reason.NO_REPLICA_NODE) : alone(chosen, reason);
  }
}
