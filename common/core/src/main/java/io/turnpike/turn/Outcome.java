package io.turnpike.turn;

import java.util.Locale;

/** How a turn ended. */
public enum Outcome {
  /** The client got a whole answer. */
  ANSWERED,
  /** An engine refused the request itself (4xx), and the client got that answer. */
  REFUSED,
  /** No leg worked, and the client got an error. */
  FAILED,
  /** The answer broke after the client had seen some of it. */
  CUT,
  /** The client left first. */
  CLIENT_GONE,
  /** The client stopped reading its answer. */
  CLIENT_SLOW,
  /** No node could be asked. */
  REJECTED;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The outcome's name in receipts and metrics: lower case with dashes. */
  public String word() {
    return word;
  }
}
