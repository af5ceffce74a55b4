package io.turnpike.routing;

import io.turnpike.node.Node;
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
    List<Node> usable = filter(ready, view.usability()::node);
    if (usable.isEmpty()) {
      usable = filter(ready, view.usability()::lastResort);
    }
    List<Node> serving = filter(usable, node -> node.serves(turn.model()));
    return serving.isEmpty() && filter(ready, n -> n.serves(turn.model())).isEmpty()
        ? usable
        : serving;
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
