package io.turnpike.turn;

import io.turnpike.routing.Reason;

/** Why a turn got no whole answer, as its client is told. */
public sealed interface Failure {

  /** No node could be asked. */
  record NoNode(Reason reason) implements Failure {}

  /** A leg failed and cannot be run again. */
  record LegFailed(Leg leg, String what) implements Failure {}

  /** A leg's engine was silent beyond its patience. */
  record LegTimedOut(Leg leg, String what) implements Failure {}

  /** The turn took longer than a turn may. */
  record TurnTimedOut(String what) implements Failure {}
}
