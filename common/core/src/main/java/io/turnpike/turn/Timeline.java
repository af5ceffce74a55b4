package io.turnpike.turn;

import io.turnpike.routing.RouteDecision;
import org.jspecify.annotations.Nullable;

/** When what happened to a turn, on the machine's clock in nanoseconds. */
final class Timeline {

  final long beganNanos;
  long recognisedNanos;
  long prefillSentNanos;
  long prefillNanos = -1;
  long decodeSentNanos;
  long firstContentNanos;

  Timeline(long beganNanos) {
    this.beganNanos = beganNanos;
  }

  TurnRecord record(
      @Nullable RouteDecision decision, Attempts attempts, @Nullable Outcome outcome) {
    return new TurnRecord(
        decision,
        attempts.tries(),
        attempts.troubles(),
        attempts.lostHandoffs(),
        beganNanos,
        recognisedNanos,
        prefillNanos,
        decodeSentNanos,
        firstContentNanos,
        outcome);
  }
}
