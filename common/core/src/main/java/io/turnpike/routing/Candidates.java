package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The nodes of a role that may serve a turn. */
final class Candidates {

  private Candidates() {}

  /**
   * Ready, usable nodes that serve the turn's model. If none of them serves it, all: the engine's
   * own 404 names the models there are.
   */
  static List<Node> of(Role role, TurnFacts turn, RoutingView view) {
    List<Node> ready = view.cluster().ready(role);
    List<Node> usable = usable(ready, view);
    List<Node> serving = filter(usable, node -> node.serves(turn.model()));
    return serving.isEmpty() && filter(ready, n -> n.serves(turn.model())).isEmpty()
        ? usable
        : serving;
  }

  /**
   * The same, and if no node is ready, those that are suspect: asking one of them is better than
   * refusing without having asked anybody.
   */
  static List<Node> orSuspects(Role role, TurnFacts turn, RoutingView view) {
    List<Node> found = of(role, turn, view);
    if (!found.isEmpty()) {
      return found;
    }
    List<Node> suspects =
        view.cluster().nodes().stream()
            .filter(node -> node.role() == role && node.state() == NodeState.SUSPECT)
            .filter(node -> node.serves(turn.model()))
            .toList();
    return usable(suspects, view);
  }

  private static List<Node> usable(List<Node> nodes, RoutingView view) {
    List<Node> usable = filter(nodes, view.usability()::node);
    return usable.isEmpty() ? filter(nodes, view.usability()::lastResort) : usable;
  }

  /** The list itself where all pass, which is the common case and allocates nothing. */
  static List<Node> filter(List<Node> nodes, Predicate<Node> test) {
    for (int i = 0; i < nodes.size(); i++) {
      if (!test.test(nodes.get(i))) {
        List<Node> passed = new ArrayList<>(nodes.subList(0, i));
        nodes.subList(i + 1, nodes.size()).stream().filter(test).forEach(passed::add);
        return passed;
      }
    }
    return nodes;
  }
}
