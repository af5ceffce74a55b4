package io.turnpike.simulator.live;

import io.turnpike.simulator.engine.Finished;

/** Hears of one sequence, on the driver's thread; must not block. */
public interface SequenceListener {

  /** Token {@code index} (from 0) has been generated. */
  void onToken(int index, long nowNanos);

  /** The sequence has all its tokens or was taken back. */
  void onFinished(Finished finished, long nowNanos);

  /** The engine core died. */
  void onEngineDead();
}
