package io.turnpike.simulator.text;

/**
 * Chained 64-bit hashes over blocks of tokens, the identity of KV content: equal hashes mean equal
 * tokens from the start of the prompt (and the same cache salt) up to the end of the block.
 */
public final class BlockHashes {

  /** Tokens in a block, vLLM's default. */
  public static final int BLOCK_TOKENS = 16;

  private static final long ROOT = 0x7475726e70696b65L;

  private BlockHashes() {}

  /** The chain's start; the salt (empty: none) separates caches of tenants. */
  public static long root(String cacheSalt) {
    long hash = ROOT;
    for (int i = 0; i < cacheSalt.length(); i++) {
      hash = mix(hash, cacheSalt.charAt(i) + 1);
    }
    return hash;
  }

  /** One hash a full block of {@code tokens}. */
  public static long[] ofFullBlocks(long root, int[] tokens, int count) {
    long[] hashes = new long[count / BLOCK_TOKENS];
    long hash = root;
    for (int i = 0; i < hashes.length; i++) {
      hash = extend(hash, tokens, i * BLOCK_TOKENS, (i + 1) * BLOCK_TOKENS);
      hashes[i] = hash;
    }
    return hashes;
  }

  /** Like {@link #ofFullBlocks}, with one more hash for a partial last block. */
  public static long[] ofAllBlocks(long root, int[] tokens) {
    int blocks = (tokens.length + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
    long[] hashes = new long[blocks];
    long hash = root;
    for (int i = 0; i < blocks; i++) {
      hash =
          extend(hash, tokens, i * BLOCK_TOKENS, Math.min(tokens.length, (i + 1) * BLOCK_TOKENS));
      hashes[i] = hash;
    }
    return hashes;
  }

  /** The hash of {@code tokens[from..to)} after {@code parent}. */
  public static long extend(long parent, int[] tokens, int from, int to) {
    long hash = parent;
    for (int i = from; i < to; i++) {
      hash = mix(hash, tokens[i]);
    }
    return hash;
  }

  /** A well-spread function of both numbers (the finaliser of SplitMix64). */
  public static long mix(long hash, long value) {
    long z = hash * 31 + value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
