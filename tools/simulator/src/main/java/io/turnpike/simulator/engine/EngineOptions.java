package io.turnpike.simulator.engine;

import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.handoff.Leases;

/**
 * How an engine is set up, apart from its hardware.
 *
 * @param handoff what its connector's handoffs cost
 * @param leaseNanos how long unread blocks are kept
 * @param tokens which tokens the listener hears of
 */
public record EngineOptions(HandoffCosts handoff, long leaseNanos, TokenEvents tokens) {

  /** An engine with vLLM's usual lease, telling of each token, whose handoffs cost like NIXL's. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(HandoffCosts.NIXL, Leases.DEFAULT_NANOS, TokenEvents.EVERY);

  public EngineOptions {
    if (leaseNanos <= 0) {
      throw new IllegalArgumentException(
          "lease: %d ns (expected: more than 0)".formatted(leaseNanos));
    }
  }

  /** The same with other handoff costs. */
  public EngineOptions with(HandoffCosts other) {
    return new EngineOptions(other, leaseNanos, tokens);
  }

  /** The same with other token events. */
  public EngineOptions with(TokenEvents other) {
    return new EngineOptions(handoff, leaseNanos, other);
  }

  /** The same with leases of another length. */
  public EngineOptions withLeaseNanos(long nanos) {
    return new EngineOptions(handoff, nanos, tokens);
  }

  /** Which tokens are told. */
  public enum TokenEvents {
    /** Each one. */
    EVERY,
    /** The first one only; steps in which nothing else happens are then run in one go. */
    FIRST
  }
}
