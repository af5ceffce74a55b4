package io.turnpike.routing;

import java.util.Locale;

/** What one turn did. */
public enum Route {
  /** P, then a handoff, then D. */
  DISAGGREGATED,
  /** D alone; behind a proxy also a node of role any. */
  DECODE_DIRECT,
  /** A replica alone; behind a replication service also a node of role any. */
  REPLICA,
  /** Nobody. */
  REJECTED;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The route's name in receipts, headers and metrics: lower case with dashes. */
  public String word() {
    return word;
  }
}
