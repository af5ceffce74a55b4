package io.turnpike.simulator.engine;

import io.turnpike.simulator.handoff.Lease;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended.
 *
 * @param request the request
 * @param reason why it ended
 * @param generatedTokens tokens it got
 * @param cachedTokens prompt tokens found in this engine's prefix cache
 * @param externalTokens prompt tokens whose KV came from another engine
 * @param preemptions how often it had to start again
 * @param lease what is kept for its reader; null unless it was a prefill leg
 */
public record Finished(
    EngineRequest request,
    Reason reason,
    int generatedTokens,
    int cachedTokens,
    int externalTokens,
    int preemptions,
    @Nullable Lease lease) {

  /** Why a request ends. */
  public enum Reason {
    /** It has all its tokens. */
    LENGTH,
    /** Its caller took it back. */
    ABORTED
  }
}
