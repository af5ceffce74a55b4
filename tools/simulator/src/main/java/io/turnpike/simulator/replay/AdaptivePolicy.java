package io.turnpike.simulator.replay;

import io.turnpike.node.NodeId;
import io.turnpike.routing.Mode;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.DecodeDirect;
import io.turnpike.routing.RouteDecision.Disaggregated;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.RoutingView;
import io.turnpike.routing.TurnFacts;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Sends a later turn straight to the decode engine that holds its conversation, or over a prefill
 * engine, whichever is estimated to be cheaper:
 *
 * <pre>
 *   direct  = (D's backlog + n)·c
 *   harm    = w·max(0, n·c − t0)·running decodes/10        what the others on D lose
 *   via P   = (P's backlog + n)·c′ + P's sender + fixed + load·prompt
 * </pre>
 *
 * with {@code n} new tokens. The constants of the way over P were measured on NVLink with p2p-nccl.
 * It sees the engines' true state, which a gateway has to estimate: what it reaches is a bound.
 */
final class AdaptivePolicy implements RoutingPolicy {

  private static final double HARM_WEIGHT = 2;
  private static final double SENDING_MILLIS = 0.029;
  private static final double SENDER_MILLIS = 30;
  private static final double FIXED_MILLIS = 21 + 8 + 6.5 + 6;
  private static final double LOAD_MILLIS = 0.0053;

  private final Function<NodeId, SimulatedEngine> engines;
  private final RoutingPolicy straight = RoutingPolicy.of(Mode.PPD);
  private final RoutingPolicy split = RoutingPolicy.of(Mode.PD);

  AdaptivePolicy(Function<NodeId, SimulatedEngine> engines) {
    this.engines = engines;
  }

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    RouteDecision direct = straight.decide(turn, view, random);
    if (!(direct instanceof DecodeDirect(var decode, var why))) {
      return direct;
    }
    RouteDecision overPrefill = split.decide(turn, view, random);
    if (!(overPrefill instanceof Disaggregated(var prefill, var other, var reason))) {
      return direct;
    }
    long fresh = Math.max(1, turn.promptTokens() - turn.cachedTokens());
    return directMillis(engines.apply(decode.id()), fresh)
            <= viaMillis(engines.apply(prefill.id()), fresh, turn.promptTokens())
        ? direct
        : new Disaggregated(prefill, decode, reason);
  }

  private static double directMillis(SimulatedEngine decode, long fresh) {
    double perToken = decode.spec.profile().steps().prefillMillis();
    double longer = Math.max(0, fresh * perToken - decode.spec.profile().steps().baseMillis());
    return (decode.backlogTokens + fresh) * perToken + HARM_WEIGHT * longer * decode.decoding / 10;
  }

  private static double viaMillis(SimulatedEngine prefill, long fresh, long promptTokens) {
    double computing = prefill.backlogTokens * SENDING_MILLIS;
    double sending = prefill.waiting() * SENDER_MILLIS;
    return Math.max(computing, sending)
        + fresh * SENDING_MILLIS
        + FIXED_MILLIS
        + LOAD_MILLIS * promptTokens;
  }
}
