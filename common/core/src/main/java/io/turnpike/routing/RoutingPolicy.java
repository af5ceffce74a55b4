package io.turnpike.routing;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.CostBook;
import io.turnpike.node.Node;
import io.turnpike.routing.RouteDecision.Alone;
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

  /**
   * A new place for a turn that cannot stay where it was; the view rules that node out.
   *
   * @param reason why it cannot
   */
  default RouteDecision elsewhere(
      TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    return new Pairing(turn, view, random).place(reason);
  }

  /** One node with the plain prompt, by the name that this way has here. */
  default Alone alone(Node node, Reason reason) {
    return new Alone(node, reason);
  }

  /** How a mode decides where no costs are known. */
  static RoutingPolicy of(Mode mode) {
    return of(mode, CostBook.EMPTY, new AnswerLengths());
  }

  /**
   * How a mode decides.
   *
   * @param costs of nodes
   * @param answers by which the length of answers is guessed
   */
  static RoutingPolicy of(Mode mode, CostBook costs, AnswerLengths answers) {
    return switch (mode) {
      case PD -> PdPolicy.INSTANCE;
      case PPD -> PpdPolicy.INSTANCE;
      case ADAPTIVE -> new AdaptivePolicy(costs, answers);
    };
  }
}
