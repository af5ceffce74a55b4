package io.turnpike.membership;

import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The table that a gateway puts together out of what registries tell it. One thread at a time.
 *
 * <p>A snapshot that is not complete replaces nothing: a registry that has just begun knows only
 * those who spoke to it since, and a gateway that forgot the others would refuse turns that they
 * serve well. What is in it is newer than what was known, the rest stays until a complete one says
 * otherwise.
 */
final class WatchedTable {

  private Map<NodeId, Node> nodes = new TreeMap<>();

  /** Nodes that were not understood, by their ids as far as those can be read, with the reason. */
  private final Map<String, String> leftOut = new HashMap<>();

  /** A snapshot came; the table after it. */
  Cluster snapshot(JsonNode data) {
    Map<NodeId, Node> told = new TreeMap<>();
    leftOut.clear();
    List<Node> read = NodeCodec.readTable(data, this::leaveOut);
    read.forEach(node -> told.put(node.id(), node));
    if (NodeCodec.isComplete(data)) {
      nodes = told;
    } else {
      nodes.putAll(told);
      leftOut.keySet().forEach(this::forget);
    }
    return table();
  }

  /** Changes came; the table after them. */
  Cluster change(JsonNode data) {
    for (JsonNode change : NodeCodec.array(data, "changes")) {
      JsonNode json = change.path("node");
      try {
        take(NodeCodec.read(json));
      } catch (IllegalArgumentException e) {
        leaveOut(json, String.valueOf(e.getMessage()));
        forget(id(json));
      }
    }
    return table();
  }

  private void take(Node node) {
    leftOut.remove(node.id().value());
    if (node.state() == NodeState.GONE) {
      nodes.remove(node.id());
    } else {
      nodes.put(node.id(), node);
    }
  }

  private void leaveOut(JsonNode node, String reason) {
    leftOut.put(id(node), reason);
  }

  private static String id(JsonNode node) {
    return node.path("id").asString("");
  }

  private void forget(String id) {
    if (NodeId.isValid(id)) {
      nodes.remove(new NodeId(id));
    }
  }

  /** How many nodes are left out. */
  int leftOut() {
    return leftOut.size();
  }

  /** Why one of them is; null if none is. */
  @Nullable String whyLeftOut() {
    return leftOut.values().stream().findAny().orElse(null);
  }

  private Cluster table() {
    return Cluster.of(List.copyOf(nodes.values()));
  }
}
