package io.turnpike.gateway;

import io.turnpike.turn.Event;

/** Takes what happens to a turn, on its loop. */
@FunctionalInterface
interface TurnEvents {
  void on(Event event);
}
