package io.turnpike.simulator.generation;

import io.turnpike.simulator.engine.Finished;

/** Hears how sequences fare, for metrics and logs. Driver's thread; must not block. */
public interface SequenceWatch {

  /** The first token is there, so long after the request came. */
  void firstToken(long nanos);

  /** Another token is there, so long after the one before. */
  void betweenTokens(long nanos);

  /** A sequence has all its tokens. */
  void finished(Finished finished, Times times);

  /**
   * How long it took.
   *
   * @param firstTokenNanos from its coming to the first token
   * @param nanos from its coming to its end
   */
  record Times(long firstTokenNanos, long nanos) {}
}
