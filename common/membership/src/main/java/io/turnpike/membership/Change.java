package io.turnpike.membership;

import io.turnpike.node.Node;

/**
 * One difference between two tables.
 *
 * @param kind what changed most
 * @param node the node after the change; of one that left, its last picture in state gone
 * @param reason one line for people
 */
public record Change(Kind kind, Node node, String reason) {

  /** What changed. */
  public enum Kind {
    /** A node was not there before. */
    JOINED,
    /** The node's state changed (and perhaps more). */
    STATE,
    /** The engine restarted: its KV cache is empty. */
    EPOCH,
    /** Anything else about the node but its load. */
    UPDATED,
    /** Only its load was read again. */
    LOAD,
    /** The node is not there any more. */
    LEFT;

    /** The kind's name on the wire: lower case. */
    public String word() {
      return switch (this) {
        case JOINED -> "joined";
        case STATE -> "state";
        case EPOCH -> "epoch";
        case UPDATED -> "updated";
        case LOAD -> "load";
        case LEFT -> "left";
      };
    }
  }
}
