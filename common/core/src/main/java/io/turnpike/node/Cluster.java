package io.turnpike.node;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All nodes at one moment: immutable, so that one decision sees one picture. Lists are sorted by
 * node id, so that every replica sees them in the same order.
 */
public final class Cluster {

  /** Nobody is there. */
  public static final Cluster EMPTY = new Cluster(List.of());

  private final Map<NodeId, Node> byId;
  private final List<Node> nodes;
  private final Map<Role, List<Node>> ready = new EnumMap<>(Role.class);

  private Cluster(List<Node> given) {
    Map<NodeId, Node> sorted = new TreeMap<>();
    for (Node node : given) {
      if (sorted.put(node.id(), node) != null) {
        throw new IllegalArgumentException("node id: " + node.id() + " is listed twice");
      }
    }
    byId = Map.copyOf(sorted);
    nodes = List.copyOf(sorted.values());
    for (Role role : Role.values()) {
      ready.put(role, nodes.stream().filter(n -> n.role().does(role) && n.isReady()).toList());
    }
  }

  /** The cluster of these nodes; each id at most once. */
  public static Cluster of(List<Node> nodes) {
    return nodes.isEmpty() ? EMPTY : new Cluster(nodes);
  }

  /** All nodes in every state. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The node of that name, or null. */
  public @Nullable Node node(NodeId id) {
    return byId.get(id);
  }

  /** The nodes that do the work of a role and get new turns; those of role any are among them. */
  public List<Node> ready(Role role) {
    return ready.getOrDefault(role, List.of());
  }

  @Override
  public String toString() {
    return "Cluster" + nodes;
  }
}
