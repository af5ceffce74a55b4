package io.turnpike.routing;

import java.util.random.RandomGenerator;

/** Mode {@code pd}: every turn goes P→D, wherever the conversation was before. */
final class PdPolicy implements RoutingPolicy {

  static final PdPolicy INSTANCE = new PdPolicy();

  private PdPolicy() {}

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    return new Pairing(turn, view, random).place(Reason.MODE);
  }
}
