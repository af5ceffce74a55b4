package io.turnpike.turn;

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
}
