package io.turnpike.cost;

import io.turnpike.node.Node;
import org.jspecify.annotations.Nullable;

/** What is known of the costs of nodes. Implementations are thread-safe. */
@FunctionalInterface
public interface CostBook {

  /** Nothing is known. */
  CostBook EMPTY = node -> null;

  /** The costs of a node's work; null: they are not known. */
  @Nullable EngineCosts costs(Node node);
}
