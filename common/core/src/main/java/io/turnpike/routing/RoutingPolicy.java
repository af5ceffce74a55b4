package io.turnpike.routing;

import java.util.random.RandomGenerator;

/** Decides which way a turn goes. Implementations are stateless. */
@FunctionalInterface
public interface RoutingPolicy {

  /**
   * Decides for one turn.
   *
   * @param turn what is known of it
   * @param view the world at this moment
   * @param random breaks ties and draws candidates
   */
  RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random);

  /** How a mode decides. */
  static RoutingPolicy of(Mode mode) {
    return switch (mode) {
      case PD -> PdPolicy.INSTANCE;
      case PPD -> PpdPolicy.INSTANCE;
    };
  }
}
