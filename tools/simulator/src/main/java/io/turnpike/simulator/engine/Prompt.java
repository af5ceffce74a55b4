package io.turnpike.simulator.engine;

import io.turnpike.simulator.cache.KvCache;

/**
 * A prompt as the engine needs it: its length, and what makes it equal to another one. Two prompts
 * share a prefix of {@code n} blocks if and only if their first {@code n} hashes are the same, so
 * each hash covers all tokens before its block too.
 *
 * @param tokens above zero
 * @param blockHashes chained, one for each full block of {@value KvCache#BLOCK_TOKENS} tokens; read
 *     only
 */
@SuppressWarnings("ArrayRecordComponent") // a list would box; never compared
public record Prompt(int tokens, long[] blockHashes) {

  public Prompt {
    if (tokens < 1) {
      throw new IllegalArgumentException(
          "prompt tokens: %d (expected: 1 or more)".formatted(tokens));
    }
    if (blockHashes.length != tokens / KvCache.BLOCK_TOKENS) {
      throw new IllegalArgumentException(
          "block hashes: %d (expected: %d, one a full block)"
              .formatted(blockHashes.length, tokens / KvCache.BLOCK_TOKENS));
    }
  }

  /** The blocks that may be found in a cache: the last token is always computed. */
  int findableBlocks() {
    return Math.min(blockHashes.length, (tokens - 1) / KvCache.BLOCK_TOKENS);
  }
}
