package io.turnpike.simulator.handoff;

/**
 * The blocks of a finished prompt that a prefill engine keeps until another engine has read them.
 *
 * @param requestId the prefill leg's request
 * @param blocks ids of the blocks, first to last; read only
 * @param promptTokens tokens whose KV they hold
 * @param endNanos when the engine takes them back unless it hears of the reader
 * @param claimed whether a reader has come; a lease is read once
 */
@SuppressWarnings("ArrayRecordComponent") // a list would box; never compared
public record Lease(
    String requestId, int[] blocks, int promptTokens, long endNanos, boolean claimed) {

  Lease until(long nanos) {
    return new Lease(requestId, blocks, promptTokens, nanos, claimed);
  }

  Lease claim() {
    return new Lease(requestId, blocks, promptTokens, endNanos, true);
  }
}
