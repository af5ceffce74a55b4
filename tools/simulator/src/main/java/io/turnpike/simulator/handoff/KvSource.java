package io.turnpike.simulator.handoff;

/**
 * Where a decode leg's KV comes from. Called once, when the decode engine has room and knows which
 * blocks it lacks.
 */
@FunctionalInterface
public interface KvSource {

  /** An answer for a transfer whose end is told later. */
  long LATER = Long.MAX_VALUE;

  /**
   * When the KV is here.
   *
   * @param tokens to be moved; above zero
   * @param nowNanos when the decode engine asks
   * @return not before {@code nowNanos}, or {@link #LATER}: then the driver calls the engine's
   *     {@code deliver}
   */
  long arrivalNanos(int tokens, long nowNanos);
}
