package io.turnpike.connector;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;

/** No handoff: a replica, or an engine that serves turns alone. */
final class NoConnector implements Connector {

  @Override
  public String word() {
    return "none";
  }

  @Override
  public boolean pairs(Node prefill, Node decode) {
    return false;
  }

  @Override
  public String toString() {
    return word();
  }
}
