package io.turnpike.turn;

/** How a leg broke without an answer. */
public enum LegFault {
  /** No connection could be had: nobody listens, no way there, or the host is unknown. */
  REFUSED("cannot be reached"),
  /** No connection stood in time: a full accept queue looks like this, and so does a dead host. */
  CONNECT_TIMEOUT("took too long to be connected to"),
  /** The connection closed before the answer was whole. */
  LOST("closed the connection before its answer was whole"),
  /** No free connection to this engine. */
  BUSY("has no free connection"),
  /** The engine's answer makes no sense. */
  NONSENSE("gave an answer that makes no sense");

  /** Whether the engine never got the request. */
  boolean isBeforeRequest() {
    return isUnreachable() || this == BUSY;
  }

  /** Whether it counts against the node. */
  boolean countsAgainstNode() {
    return this != BUSY && this != NONSENSE;
  }

  /** Whether nobody answers at the node's address. */
  boolean isUnreachable() {
    return this == REFUSED || this == CONNECT_TIMEOUT;
  }

  private final String text;

  LegFault(String text) {
    this.text = text;
  }

  /** For people; a node's name goes before it. */
  public String text() {
    return text;
  }
}
