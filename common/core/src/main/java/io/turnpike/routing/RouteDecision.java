package io.turnpike.routing;

import io.turnpike.node.Node;
import org.jspecify.annotations.Nullable;

/** Which way a turn goes, and why. Its {@link Route}, the word on the wire, follows from it. */
public sealed interface RouteDecision {

  /** Why. */
  Reason reason();

  /** The way's name in receipts, headers and metrics. */
  Route route();

  /** The node whose answer the client gets; null when nobody answers. */
  default @Nullable Node answering() {
    return null;
  }

  /** The node that computes the prompt for another; null when there is none. */
  default @Nullable Node prefill() {
    return null;
  }

  /** One node computes the prompt and hands its KV to another, which answers. */
  record Split(Node prefill, Node decode, Reason reason) implements RouteDecision {
    @Override
    public Route route() {
      return Route.DISAGGREGATED;
    }

    @Override
    public Node answering() {
      return decode;
    }
  }

  /** One node does all of it. */
  record Alone(Node node, Reason reason) implements RouteDecision {
    @Override
    public Route route() {
      return switch (node.role()) {
        case REPLICA -> Route.REPLICA;
        case PREFILL, DECODE -> Route.DECODE_DIRECT;
      };
    }

    @Override
    public Node answering() {
      return node;
    }
  }

  /** Nobody can serve it now. */
  record Refused(Reason reason) implements RouteDecision {
    @Override
    public Route route() {
      return Route.REJECTED;
    }
  }
}
