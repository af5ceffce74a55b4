package io.turnpike.membership;

import io.turnpike.node.NodeId;
import java.util.List;

/** What became of one event given to {@link Membership}. */
public sealed interface Outcome {

  /** The differences this event made; empty when refused. */
  default List<Change> changes() {
    return List.of();
  }

  /**
   * The event was taken.
   *
   * @param node the node it was about; the one that holds the announced address
   * @param changes the differences it made, perhaps none
   */
  record Applied(NodeId node, List<Change> changes) implements Outcome {
    public Applied {
      changes = List.copyOf(changes);
    }
  }

  /** Nobody of that name is there. */
  record UnknownNode(NodeId node) implements Outcome {}

  /** The announcement contradicts a better one. */
  record Conflict(String message) implements Outcome {}

  /** There are as many nodes as may be. */
  record Full(int maxNodes) implements Outcome {}
}
