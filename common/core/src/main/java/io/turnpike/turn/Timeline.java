package io.turnpike.turn;

import io.turnpike.routing.RouteDecision;
import org.jspecify.annotations.Nullable;

/**
 * When what happened to a turn, on the machine's clock in nanoseconds. What is told of it is the
 * way to its first content; a way on which a broken answer went on comes after that.
 */
final class Timeline {

  private record Began(@Nullable RouteDecision decision, long prefillNanos, long decodeSentNanos) {}

  final long beganNanos;
  long recognisedNanos;
  long prefillSentNanos;
  long prefillNanos = -1;
  long decodeSentNanos;
  private long firstContentNanos;
  private @Nullable Began began;

  Timeline(long beganNanos) {
    this.beganNanos = beganNanos;
  }

  /** The first content came on this way. */
  void answerBegan(@Nullable RouteDecision decision, long nowNanos) {
    began = new Began(decision, prefillNanos, decodeSentNanos);
    firstContentNanos = nowNanos;
  }

  TurnRecord record(
      @Nullable RouteDecision decision, Attempts attempts, @Nullable Outcome outcome) {
    Began way = began == null ? new Began(decision, prefillNanos, decodeSentNanos) : began;
    return new TurnRecord(
        way.decision,
        attempts.tries(),
        attempts.troubles(),
        attempts.lostHandoffs(),
        beganNanos,
        recognisedNanos,
        way.prefillNanos,
        way.decodeSentNanos,
        firstContentNanos,
        outcome);
  }
}
