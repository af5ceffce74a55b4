package io.turnpike.routing;

import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The nodes that a price is asked of. All of up to {@value #ALL}; of more, two that are drawn, so
 * that a decision costs the same in a cluster of any size, and several gateways that see the same
 * do not all send their turns to the same node.
 */
final class Drawn {

  private static final int ALL = 4;
  private static final int SOME = 2;

  /** Draws in vain after which all nodes are looked through. */
  private static final int MOST_DRAWS = 16;

  private final TurnFacts turn;
  private final RoutingView view;
  private final RandomGenerator random;

  Drawn(TurnFacts turn, RoutingView view, RandomGenerator random) {
    this.turn = turn;
    this.view = view;
    this.random = random;
  }

  /** Nodes that compute prompts for others. */
  List<Node> prefills() {
    return of(view.cluster().ready(Role.PREFILL), List.of(), Role.PREFILL);
  }

  /** Nodes that answer, by themselves or continuing from another. */
  List<Node> answering() {
    Cluster cluster = view.cluster();
    List<Node> replicas = cluster.ready(Role.REPLICA);
    boolean plain = replicas.size() > cluster.ready(Role.ANY).size();
    return of(cluster.ready(Role.DECODE), plain ? replicas : List.of(), Role.DECODE);
  }

  /**
   * @param more replicas; those of role any among them stand in the first list already
   */
  private List<Node> of(List<Node> nodes, List<Node> more, Role role) {
    int count = nodes.size() + more.size();
    if (count > ALL) {
      List<Node> some = draw(nodes, more);
      if (!some.isEmpty()) {
        return some;
      }
    }
    List<Node> all = new ArrayList<>(Candidates.ready(role, turn, view));
    if (!more.isEmpty()) {
      Candidates.ready(Role.REPLICA, turn, view).stream().filter(Drawn::isPlain).forEach(all::add);
    }
    if (all.size() > ALL) {
      Collections.shuffle(all, random);
      return all.subList(0, ALL);
    }
    return all;
  }

  private List<Node> draw(List<Node> nodes, List<Node> more) {
    Predicate<Node> usable = node -> node.serves(turn.model()) && view.usability().node(node);
    List<Node> drawn = new ArrayList<>(SOME);
    for (int i = 0; i < MOST_DRAWS && drawn.size() < SOME; i++) {
      int at = random.nextInt(nodes.size() + more.size());
      boolean second = at >= nodes.size();
      Node node = second ? more.get(at - nodes.size()) : nodes.get(at);
      if (!(second && !isPlain(node)) && usable.test(node) && !drawn.contains(node)) {
        drawn.add(node);
      }
    }
    return drawn;
  }

  private static boolean isPlain(Node node) {
    return node.role() == Role.REPLICA;
  }
}
