package io.turnpike.cost;

import java.util.Locale;

/** How a path uses nodes, seen from the one that holds the conversation. */
public enum PathKind {
  /** Alone on the node that holds the conversation. */
  STAY,
  /** Over another node, back to the one that holds the conversation. */
  STAY_SPLIT,
  /** Alone on another node. */
  ALONE,
  /** Over one node to another that does not hold the conversation. */
  SPLIT;

  private static final PathKind[] ALL = values();

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The kind of a path. */
  public static PathKind of(boolean toHolder, boolean split) {
    return ALL[(toHolder ? 0 : 2) + (split ? 1 : 0)];
  }

  /** The kind's name in receipts and metrics. */
  public String word() {
    return word;
  }
}
