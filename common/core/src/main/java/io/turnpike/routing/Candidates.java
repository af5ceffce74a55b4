package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The nodes that do the work of a role and may serve a turn. */
final class Candidates {

  private Candidates() {}

  /**
   * Ready, usable nodes that serve the turn's model. If nobody who could answer serves it, all: the
   * engine's own 404 names the models there are.
   */
  static List<Node> ready(Role role, TurnFacts turn, RoutingView view) {
    List<Node> ready = able(view.cluster().ready(role), role, view);
    return usable(asked(ready, role, turn, view), view);
  }

  /**
   * The least suspect of the nodes that are only suspect: asking one of them is better than
   * refusing without having asked anybody. Where nobody listens at the port there is nobody to ask,
   * unless the table is late.
   */
  static List<Node> suspect(Role role, TurnFacts turn, RoutingView view) {
    List<Node> nodes = filter(view.cluster().nodes(), node -> isSuspect(node, role));
    List<Node> suspects = able(nodes, role, view);
    List<Node> usable = usable(asked(suspects, role, turn, view), view);
    List<Node> listening = filter(usable, node -> node.suspicion() != Suspicion.REFUSED);
    return listening.isEmpty() ? usable : listening;
  }

  /** A replica serves its turns alone, so a node of role any that cannot is none. */
  private static List<Node> able(List<Node> nodes, Role role, RoutingView view) {
    return role == Role.REPLICA ? filter(nodes, view.usability()::alone) : nodes;
  }

  private static boolean isSuspect(Node node, Role role) {
    return node.role().does(role) && node.state() == NodeState.SUSPECT;
  }

  private static List<Node> asked(List<Node> nodes, Role role, TurnFacts turn, RoutingView view) {
    List<Node> serving = filter(nodes, node -> node.serves(turn.model()));
    return serving.size() == nodes.size() || isServed(role, turn, view) ? serving : nodes;
  }

  /** Whether anybody who could answer serves the turn's model. */
  private static boolean isServed(Role role, TurnFacts turn, RoutingView view) {
    Role answering = role == Role.PREFILL ? Role.DECODE : role;
    for (Node node : view.cluster().nodes()) {
      if (node.role().does(answering)
          && (node.isReady() || node.state() == NodeState.SUSPECT)
          && node.serves(turn.model())) {
        return true;
      }
    }
    return false;
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
