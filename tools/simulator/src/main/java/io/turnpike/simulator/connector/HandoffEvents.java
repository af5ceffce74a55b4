package io.turnpike.simulator.connector;

/** What a leg tells its sequence. Any thread. */
public interface HandoffEvents {

  /** The KV could not be read. */
  void onHandoffFailed();

  /** The request trips an assertion in the engine core. */
  void onEngineKilled();
}
