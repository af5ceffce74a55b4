package io.turnpike.simulator.replay;

import io.turnpike.node.NodeId;
import io.turnpike.routing.Mode;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.RoutingView;
import io.turnpike.routing.TurnFacts;
import io.turnpike.simulator.explain.TurnCosts;
import io.turnpike.simulator.handoff.HandoffCosts;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Sends a later turn straight to the decode engine that holds its conversation, or to it over a
 * prefill engine, whichever {@link TurnCosts} says is cheaper. It sees the engines' true state,
 * which a gateway would have to estimate: what it reaches is a bound.
 */
final class AdaptivePolicy implements RoutingPolicy {

  private static final double HARM_WEIGHT = 2;

  private final Function<NodeId, VirtualEngine> engines;
  private final HandoffCosts handoff;
  private final RoutingPolicy straight = RoutingPolicy.of(Mode.PPD);
  private final RoutingPolicy split = RoutingPolicy.of(Mode.PD);

  AdaptivePolicy(Function<NodeId, VirtualEngine> engines, HandoffCosts handoff) {
    this.engines = engines;
    this.handoff = handoff;
  }

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    RouteDecision direct = straight.decide(turn, view, random);
    if (!(direct instanceof Alone(var decode, var _, var _))) {
      return direct;
    }
    RouteDecision overPrefill = split.decide(turn, view, random);
    if (!(overPrefill instanceof Split(var prefill, var _, var reason))) {
      return direct;
    }
    VirtualEngine d = engines.apply(decode.id());
    TurnCosts costs =
        TurnCosts.of(question(turn, d, engines.apply(prefill.id())), d.spec.profile(), handoff);
    return costs.directMillis() <= costs.viaPrefillMillis()
        ? direct
        : new Split(prefill, decode, reason);
  }

  private TurnCosts.Question question(TurnFacts turn, VirtualEngine d, VirtualEngine p) {
    int fresh = (int) Math.max(1, turn.promptTokens() - turn.cachedTokens());
    double computing = p.backlogTokens * p.spec.profile().steps().sendingPrefillMillis();
    double sending = p.underWay() * handoff.sendMillis();
    return new TurnCosts.Question(
        (int) turn.promptTokens(),
        fresh,
        fresh,
        d.decoding,
        (int) d.backlogTokens,
        (int) p.backlogTokens,
        Math.max(0, sending - computing),
        HARM_WEIGHT);
  }
}
