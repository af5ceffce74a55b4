package io.turnpike.turn;

/** How a leg broke without an answer. */
public enum LegFault {
  /** No connection could be had: nobody listens, or the host is unknown. */
  REFUSED("cannot be reached"),
  /** The connection closed before the answer was whole. */
  LOST("closed the connection before its answer was whole"),
  /** No free connection to this engine. */
  BUSY("has no free connection"),
  /** The engine's answer makes no sense. */
  NONSENSE("gave an answer that makes no sense");

  private final String text;

  LegFault(String text) {
    this.text = text;
  }

  /** For people; a node's name goes before it. */
  public String text() {
    return text;
  }
}
