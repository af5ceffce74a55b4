package io.turnpike.node;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes for tests. */
public final class Nodes {

  private Nodes() {}

  /** A ready node in its first life. */
  public static Node node(String id, Role role, Connector connector) {
    return node(id, role, connector, NodeState.READY, "life-1", null);
  }

  public static Node node(
      String id,
      Role role,
      Connector connector,
      NodeState state,
      String epoch,
      @Nullable String zmqAddress) {
    return new Node(
        new NodeId(id),
        role,
        URI.create("http://127.0.0.1:1"),
        connector,
        state,
        new Epoch(epoch),
        List.of(),
        zmqAddress,
        null,
        null);
  }

  /** The same node in another state. */
  public static Node in(NodeState state, Node node) {
    return copy(node, state, node.epoch(), node.version());
  }

  /** The same node, suspect. */
  public static Node suspect(Suspicion why, Node node) {
    return new Node(
        node.id(),
        node.role(),
        node.url(),
        node.connector(),
        NodeState.SUSPECT,
        node.epoch(),
        node.models(),
        node.zmqAddress(),
        node.version(),
        node.load(),
        why);
  }

  /** The same node in another life. */
  public static Node restarted(Node node) {
    return copy(node, node.state(), new Epoch(node.epoch().value() + "+"), node.version());
  }

  /** The same node of another version. */
  public static Node version(String version, Node node) {
    return copy(node, node.state(), node.epoch(), version);
  }

  private static Node copy(Node node, NodeState state, Epoch epoch, @Nullable String version) {
    return new Node(
        node.id(),
        node.role(),
        node.url(),
        node.connector(),
        state,
        epoch,
        node.models(),
        node.zmqAddress(),
        version,
        node.load());
  }
}
