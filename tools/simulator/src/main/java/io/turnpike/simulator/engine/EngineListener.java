package io.turnpike.simulator.engine;

import io.turnpike.simulator.handoff.Lease;

/**
 * What an engine tells its driver, from inside {@link EngineCore#advance}, in order of time. It may
 * not call the engine back from here; it remembers what to do and does it afterwards.
 */
public interface EngineListener {

  /**
   * A token has reached the client.
   *
   * @param index 0 for the first one
   */
  default void onToken(EngineRequest request, int index, long nowNanos) {}

  /** A request has ended; nothing more is told of it, but perhaps of its lease. */
  default void onFinished(Finished finished, long nowNanos) {}

  /** KV ran out, so a running request gave its blocks back and starts again later. */
  default void onPreempted(EngineRequest request, long nowNanos) {}

  /** Nobody read a finished prompt in time. */
  default void onLeaseExpired(Lease lease, long nowNanos) {}
}
