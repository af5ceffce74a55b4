package io.turnpike.simulator.engine;

/**
 * An engine's gauges and counters at one moment, as {@code /metrics} has them. Counters start with
 * the engine.
 *
 * @param running requests in the running batch
 * @param waiting requests that wait for room or for their KV
 * @param leases finished prompts that wait for their reader
 * @param kvBlocks all blocks
 * @param freeBlocks blocks that nobody holds
 * @param promptTokens prompt tokens of all requests scheduled
 * @param prefixHitTokens of those, found in the prefix cache
 * @param externalTokens of those, come from another engine
 * @param generatedTokens tokens generated
 * @param finished requests that got all their tokens
 * @param aborted requests taken back
 * @param preemptions requests that had to start again, each time counted
 * @param expiredLeases leases that nobody used in time
 * @param steps steps done
 */
public record EngineStats(
    int running,
    int waiting,
    int leases,
    int kvBlocks,
    int freeBlocks,
    long promptTokens,
    long prefixHitTokens,
    long externalTokens,
    long generatedTokens,
    long finished,
    long aborted,
    long preemptions,
    long expiredLeases,
    long steps) {

  /** Share of blocks held, 0 to 1. */
  public double kvUsage() {
    return (kvBlocks - freeBlocks) / (double) kvBlocks;
  }
}
