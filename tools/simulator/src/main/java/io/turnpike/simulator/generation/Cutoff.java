package io.turnpike.simulator.generation;

import org.jspecify.annotations.Nullable;

/**
 * When an answer is to end before its time: after so many events of a stream or tokens of a whole
 * answer, at the latest before its last token.
 *
 * @param events sent before that
 * @param ending null for an answer that may end by itself
 */
public record Cutoff(int events, @Nullable Ending ending) {

  /** The answer ends by itself. */
  public static final Cutoff NONE = new Cutoff(Integer.MAX_VALUE, null);
}
