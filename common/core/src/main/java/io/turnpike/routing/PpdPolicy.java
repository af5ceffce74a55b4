package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.DecodeDirect;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Mode {@code ppd}: turn 1 goes P→D, later turns go to the decode node that holds the KV. */
final class PpdPolicy implements RoutingPolicy {

  static final PpdPolicy INSTANCE = new PpdPolicy();

  private PpdPolicy() {}

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    Holder holder = turn.holder();
    if (holder == null || turn.turn() == 1) {
      Reason reason = turn.placementKey() == null ? Reason.FIRST_TURN : Reason.STORE_UNAVAILABLE;
      return Pairing.place(turn, view, random, reason);
    }
    Node node = view.cluster().node(holder.node());
    Reason lost = whyLost(Role.DECODE, holder, node, view);
    if (lost == null && node != null) {
      if (!view.usability().alone(node)) {
        return Pairing.place(turn, view, random, Reason.CONNECTOR);
      }
      return new DecodeDirect(node, Reason.CACHE_WARM);
    }
    return Pairing.place(turn, view, random, lost == null ? Reason.DECODE_GONE : lost);
  }

  /** Why the holder's KV cannot be used, or null if it can. */
  static @Nullable Reason whyLost(Role role, Holder holder, @Nullable Node node, RoutingView view) {
    if (node == null || node.role() != role) {
      return Reason.DECODE_GONE;
    }
    if (!node.epoch().equals(holder.epoch())) {
      return Reason.DECODE_RESTARTED;
    }
    if (node.state() == NodeState.DRAINING) {
      return Reason.DECODE_DRAINING;
    }
    return node.isReady() && view.usability().node(node) ? null : Reason.DECODE_GONE;
  }
}
