package io.turnpike.simulator.fault;

/** What can go wrong with a whole engine. */
public interface EngineFaults {

  /** The KV of the next finished prefill leg is lost. */
  void dropKv();

  /** The engine core dies. */
  void die();

  /** The process ends at once. */
  void exit();
}
