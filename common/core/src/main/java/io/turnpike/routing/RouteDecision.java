package io.turnpike.routing;

import io.turnpike.node.Node;

/** Which way a turn goes, and why. */
public sealed interface RouteDecision {

  /** Why. */
  Reason reason();

  /** The way's name in receipts, headers and metrics. */
  Route route();

  /** P computes the prompt and hands its KV to D. */
  record Disaggregated(Node prefill, Node decode, Reason reason) implements RouteDecision {
    @Override
    public Route route() {
      return Route.DISAGGREGATED;
    }
  }

  /** D serves the turn alone. */
  record DecodeDirect(Node decode, Reason reason) implements RouteDecision {
    @Override
    public Route route() {
      return Route.DECODE_DIRECT;
    }
  }

  /** A replica serves the turn. */
  record Replica(Node replica, Reason reason) implements RouteDecision {
    @Override
    public Route route() {
      return Route.REPLICA;
    }
  }

  /** Nobody can serve it now. */
  record Rejected(Reason reason) implements RouteDecision {
    @Override
    public Route route() {
      return Route.REJECTED;
    }
  }
}
