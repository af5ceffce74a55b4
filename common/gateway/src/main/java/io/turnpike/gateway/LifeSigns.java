package io.turnpike.gateway;

import io.turnpike.engine.NodeSigns;
import java.util.function.LongSupplier;

/** When a leg's engine last gave a sign of life; told to the node's own as well. */
final class LifeSigns {

  private final NodeSigns.Sign node;
  private final LongSupplier ticker;
  private long lastNanos;

  LifeSigns(NodeSigns.Sign node, LongSupplier ticker) {
    this.node = node;
    this.ticker = ticker;
    this.lastNanos = ticker.getAsLong();
  }

  void seen() {
    lastNanos = ticker.getAsLong();
    node.seenAt(lastNanos);
  }

  long lastNanos() {
    return lastNanos;
  }
}
