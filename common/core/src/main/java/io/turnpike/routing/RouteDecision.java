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

  /** What the paths were expected to cost; null where nobody asked. */
  default @Nullable Predicted predicted() {
    return null;
  }

  /** One node computes the prompt and hands its KV to another, which answers. */
  record Split(Node prefill, Node decode, Reason reason, @Nullable Predicted predicted)
      implements RouteDecision {

    /** One that was not priced. */
    public Split(Node prefill, Node decode, Reason reason) {
      this(prefill, decode, reason, null);
    }

    @Override
    public Route route() {
      return Route.DISAGGREGATED;
    }

    @Override
    public Node answering() {
      return decode;
    }
  }

  /**
   * One node does all of it.
   *
   * @param route what that is called: what the node is to the gateway that asks it
   */
  record Alone(Node node, Route route, Reason reason, @Nullable Predicted predicted)
      implements RouteDecision {

    /** One that was not priced. */
    public Alone(Node node, Route route, Reason reason) {
      this(node, route, reason, null);
    }

    /** As a proxy calls it: a replica's work, or a decode node's without a handoff. */
    public Alone(Node node, Reason reason) {
      this(node, Route.ofAlone(node), reason, null);
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
