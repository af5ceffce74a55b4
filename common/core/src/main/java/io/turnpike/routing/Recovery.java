package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.routing.RouteDecision.Split;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The other ways of a turn after one of them failed before the client saw anything. Which of them
 * is taken when is the turn machine's business; another node is its {@link RoutingPolicy}'s. The
 * view given must already rule out what failed.
 *
 * <p>Parameters of a handoff are never used again: whatever is decided here starts with a new
 * prefill, or gives D the plain prompt (vLLM 0.32 answers used parameters with a wrong text).
 */
public final class Recovery {

  private Recovery() {}

  /** The same decode node through another prefill node, or null if there is none. */
  public static @Nullable RouteDecision anotherPrefill(
      Node decode, TurnFacts turn, RoutingView view, RandomGenerator random, Reason reason) {
    Node prefill = new Pairing(turn, view, random).prefillFor(decode);
    return prefill == null ? null : new Split(prefill, decode, reason);
  }

  /** The same node with the plain prompt, or null if its connector does not allow that. */
  public static @Nullable RouteDecision plain(
      RoutingPolicy policy, Node node, RoutingView view, Reason reason) {
    return view.usability().alone(node) ? policy.alone(node, reason) : null;
  }
}
