package io.turnpike.engine;

import io.turnpike.node.Connector;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes for tests of what a gateway learns about them. */
public final class TestNodes {

  private TestNodes() {}

  /** A ready node in its first life. */
  public static Node node(String id, Role role, Connector connector) {
    return node(id, role, connector, "s1");
  }

  /** A ready node in some life. */
  public static Node node(String id, Role role, Connector connector, String epoch) {
    return new Node(
        new NodeId(id),
        role,
        URI.create("http://127.0.0.1:1"),
        connector,
        NodeState.READY,
        new Epoch(epoch),
        List.of(),
        "127.0.0.1:2",
        null,
        null);
  }

  /** The same node in another life. */
  public static Node restarted(Node node) {
    return copy(node, node.state(), new Epoch(node.epoch().value() + "+"), null);
  }

  /** The same node in another state. */
  public static Node in(NodeState state, Node node) {
    return copy(node, state, node.epoch(), null);
  }

  /** The same node, suspect. */
  public static Node suspect(Suspicion why, Node node) {
    return copy(node, NodeState.SUSPECT, node.epoch(), why);
  }

  private static Node copy(Node node, NodeState state, Epoch epoch, @Nullable Suspicion why) {
    return new Node(
        node.id(),
        node.role(),
        node.url(),
        node.connector(),
        state,
        epoch,
        node.models(),
        node.zmqAddress(),
        node.version(),
        node.load(),
        why);
  }
}
