package io.turnpike.simulator.replay;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.routing.Reason;
import io.turnpike.routing.ReplicaPolicy;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.RoutingView;
import io.turnpike.routing.TurnFacts;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * How the replication gateway of the vllm-ppd study spread its load, inferred from what it
 * measured: a streaming request stopped counting when its answer began, and ties went to the first
 * replica. With short prompts nearly everything therefore ran on one replica (its W1 and W3 figures
 * are those of one engine), with long ones both were used. It belongs to the conditions of those
 * measurements; our gateway does not do this.
 */
final class StudyBalancing implements RoutingPolicy {

  private final ToIntFunction<NodeId> silent;

  /** A policy that asks for the turns without a first token on a node. */
  StudyBalancing(ToIntFunction<NodeId> silent) {
    this.silent = silent;
  }

  @Override
  public RouteDecision elsewhere(
      TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    return new ReplicaPolicy().elsewhere(turn, view, random, reason);
  }

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    TurnFacts.Holder holder = turn.holder();
    if (holder != null) {
      Node node = view.cluster().node(holder.node());
      if (node != null) {
        return new RouteDecision.Alone(node, Reason.CACHE_WARM);
      }
    }
    Node best = null;
    for (Node node : view.cluster().ready(Role.REPLICA)) {
      if (best == null || silent.applyAsInt(node.id()) < silent.applyAsInt(best.id())) {
        best = node;
      }
    }
    return best == null
        ? new RouteDecision.Refused(Reason.NO_REPLICA_NODE)
        : new RouteDecision.Alone(best, Reason.LEAST_LOADED);
  }
}
