package io.turnpike.gateway;

/**
 * Whether limits of callers count over all replicas, as {@code /status} says it: {@code alone} (not
 * shared), {@code shared}, or {@code share of N} while Redis is away.
 */
public interface LimitsWord {

  /** The word at the moment. */
  String word();
}
