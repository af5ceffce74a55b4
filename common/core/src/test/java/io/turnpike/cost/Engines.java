package io.turnpike.cost;

/** An engine whose costs are easy to calculate with, for tests. */
public final class Engines {

  private Engines() {}

  /** A step of 10 ms, 0.1 ms an answer, 0.01 ms a prompt token; 100,000 tokens of KV. */
  public static final EngineProfile ROUND =
      new EngineProfile(
          "round",
          "",
          new StepCosts(10, 0.1, 0, 0.01, 0.02, 0, 0),
          new FrontEndCosts(5, 0, 0.001, 5),
          new EngineLimits(8_192, 256, 100_000, 100_000));

  /** A decode engine reads by itself; a token's KV takes 0.001 ms. */
  public static final EngineCosts READING =
      EngineCosts.of(ROUND, new HandoffCosts(0, 6, 0, 0), 100, 0);

  /** A prefill engine sends for at least 50 ms, and D stands still for 20 to load. */
  public static final EngineCosts SENDING =
      EngineCosts.of(ROUND, new HandoffCosts(50, 0, 20, 0), 100, 1);
}
