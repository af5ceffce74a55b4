package io.turnpike.turn;

import io.turnpike.node.Connector;

/** A connector whose legs go together; none of ours does yet. */
final class OverlappingConnector implements Connector {

  static final Connector INSTANCE = new OverlappingConnector();

  @Override
  public String word() {
    return "overlapping";
  }

  @Override
  public Order order() {
    return Order.OVERLAPPING;
  }
}
