package io.turnpike.routing;

import io.turnpike.node.Node;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Choices by load. In-flight <em>tokens</em> count, not requests: one prompt of 30,000 tokens keeps
 * an engine busier than fifty of 200.
 */
final class NodeSelection {

  private NodeSelection() {}

  /**
   * The less loaded of two nodes drawn at random, which avoids both the herd that "least loaded of
   * all" makes of several proxies and the fixed P–D pairs of round robin (Mitzenmacher, "The power
   * of two choices", 2001). Null if there is none.
   */
  static @Nullable Node lessLoadedOfTwo(
      List<Node> nodes, RoutingView view, RandomGenerator random) {
    int count = nodes.size();
    if (count < 2) {
      return count == 0 ? null : nodes.getFirst();
    }
    int first = random.nextInt(count);
    int second = random.nextInt(count - 1);
    Node one = nodes.get(first);
    Node other = nodes.get(second < first ? second : second + 1);
    return load(other, view) < load(one, view) ? other : one;
  }

  /** The least loaded node; ties are drawn. Null if there is none. */
  static @Nullable Node leastLoaded(List<Node> nodes, RoutingView view, RandomGenerator random) {
    Node best = null;
    long least = Long.MAX_VALUE;
    int ties = 0;
    for (Node node : nodes) {
      long load = load(node, view);
      if (load < least) {
        best = node;
        least = load;
        ties = 1;
      } else if (load == least && random.nextInt(++ties) == 0) {
        best = node;
      }
    }
    return best;
  }

  private static long load(Node node, RoutingView view) {
    return view.load().inflightTokens(node.id());
  }
}
