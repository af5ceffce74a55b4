package io.turnpike.routing;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.CostBook;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Mode {@code adaptive}: the path that costs least, the turn and its neighbours together ({@link
 * CheapestPath}); where costs are not known, or nobody knows where the conversation was, {@link
 * RuleOfThumb}.
 */
final class AdaptivePolicy implements RoutingPolicy {

  private final CostBook costs;
  private final AnswerLengths answers;

  AdaptivePolicy(CostBook costs, AnswerLengths answers) {
    this.costs = costs;
    this.answers = answers;
  }

  @Override
  public RouteDecision decide(TurnFacts turn, RoutingView view, RandomGenerator random) {
    RouteDecision cheapest = cheapest(turn, view, random, null);
    return cheapest == null ? new RuleOfThumb(turn, view, random).decide() : cheapest;
  }

  @Override
  public RouteDecision elsewhere(
      TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    RouteDecision cheapest = cheapest(turn, view, random, reason);
    return cheapest == null ? new RuleOfThumb(turn, view, random).place(reason) : cheapest;
  }

  private @Nullable RouteDecision cheapest(
      TurnFacts turn, RoutingView view, RandomGenerator random, @Nullable Reason reason) {
    if (turn.placementKey() != null) {
      return null;
    }
    CheapestPath paths =
        new CheapestPath(new CheapestPath.Question(turn, view, costs, answers), random);
    return paths.find() ? paths.decision(reason) : null;
  }
}
