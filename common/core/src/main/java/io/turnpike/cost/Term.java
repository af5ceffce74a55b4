package io.turnpike.cost;

import java.util.Locale;

/** What a path's price is made of. */
public enum Term {
  /** Prompts ahead of this one, or the step that is under way. */
  QUEUE(0),
  /** Its own prompt, with the way in and out. */
  COMPUTE(1),
  /** The second engine: way in, KV on its way, load, first step, way out. */
  HANDOFF(2),
  /** The rest of the answer, among the answers that run beside it. */
  PACE(3),
  /** What others wait longer. */
  NEIGHBOURS(4),
  /** Time of an engine that could have done something else. */
  ENGINE_TIME(5),
  /** KV of others that goes where memory is short, and would have to be computed again. */
  MEMORY(6);

  /** Its place in a price. */
  final int place;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  Term(int place) {
    this.place = place;
  }

  /** The term's name in receipts and on the command line. */
  public String word() {
    return word;
  }
}
