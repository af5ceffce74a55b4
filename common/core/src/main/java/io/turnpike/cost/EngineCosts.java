package io.turnpike.cost;

/**
 * What an engine's work is believed to cost.
 *
 * @param profile its steps, its front end, and what it holds
 * @param handoff what a handoff costs it, the network's set-up in it
 * @param moveTokenMillis moving a token's KV from one engine to another
 */
public record EngineCosts(EngineProfile profile, HandoffCosts handoff, double moveTokenMillis) {

  private static final double BYTES_PER_MILLI = 1e6;

  public EngineCosts {
    Checks.notNegative("engine costs: moving a token", moveTokenMillis);
  }

  /**
   * Engines like that, between which KV moves so fast.
   *
   * @param gigabytesPerSecond effective bandwidth of an engine's link
   * @param setUpMillis before the first byte of a transfer
   */
  public static EngineCosts of(
      EngineProfile profile, HandoffCosts handoff, double gigabytesPerSecond, double setUpMillis) {
    if (!(gigabytesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "network: %s GB/s (expected: above 0)".formatted(gigabytesPerSecond));
    }
    return new EngineCosts(
        profile,
        new HandoffCosts(
            handoff.sendMillis(),
            handoff.setUpMillis() + setUpMillis,
            handoff.loadMillis(),
            handoff.loadTokenMillis()),
        profile.limits().kvBytesPerToken() / (gigabytesPerSecond * BYTES_PER_MILLI));
  }
}
