package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView;
import org.jspecify.annotations.Nullable;

/** The world as a turn sees it at the moment of an event. */
public interface TurnWorld {

  /** Nodes, their load, and what failures of late rule out. */
  RoutingView view();

  /** Tokens of prompts that a node is to compute before it gives their first content. */
  long waitingTokens(NodeId node);

  /** How far a node has come with what it was asked; null: it has answered nobody yet. */
  @Nullable Progress progress(NodeId node);

  /** Whether a node gave a sign of life of late: answers probes, or sends somebody else tokens. */
  boolean showsLife(Node node);
}
