package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.node.Role;
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

  /** What a proxy calls it that a node serves a turn alone. */
  static Route ofAlone(Node node) {
    return node.role() == Role.REPLICA ? REPLICA : DECODE_DIRECT;
  }

  /** The route's name in receipts, headers and metrics: lower case with dashes. */
  public String word() {
    return word;
  }
}
