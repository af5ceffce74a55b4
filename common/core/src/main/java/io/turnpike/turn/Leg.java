package io.turnpike.turn;

import java.util.Locale;

/** One upstream call made for a turn, named by what the engine does in it. */
public enum Leg {
  /** P computes the prompt. */
  PREFILL,
  /** D answers. */
  DECODE,
  /** A replica answers. */
  REPLICA;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The leg's name in errors and metrics. */
  public String word() {
    return word;
  }
}
