package io.turnpike.simulator.workload;

import io.turnpike.simulator.cache.KvCache;

/**
 * What makes a prompt's blocks equal to another's, without any text. The hash of a block stands for
 * all tokens up to its end.
 */
@FunctionalInterface
public interface Content {

  /** The chained hash of a block of {@value KvCache#BLOCK_TOKENS} tokens. */
  long blockHash(int block);

  /** A conversation of its own: no block equals another conversation's. */
  static Content of(long conversation) {
    long key = mix(conversation);
    return block -> mix(key + block);
  }

  /**
   * A conversation that begins like all others.
   *
   * @param shared what they begin with
   * @param sharedTokens how much of it
   */
  static Content of(long conversation, Content shared, int sharedTokens) {
    Content own = of(conversation);
    int sharedBlocks = sharedTokens / KvCache.BLOCK_TOKENS;
    return block -> block < sharedBlocks ? shared.blockHash(block) : own.blockHash(block);
  }

  /**
   * Content named by a trace.
   *
   * @param ids hashes of consecutive larger blocks, each covering what is before it too
   * @param idTokens tokens of one of them
   */
  static Content of(long[] ids, int idTokens) {
    int perId = idTokens / KvCache.BLOCK_TOKENS;
    return block -> mix(mix(ids[Math.min(block / perId, ids.length - 1)]) + block);
  }

  /** The first blocks' hashes. */
  default long[] chain(int tokens) {
    long[] chain = new long[tokens / KvCache.BLOCK_TOKENS];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = blockHash(i);
    }
    return chain;
  }

  /** The finaliser of SplitMix64: neighbouring numbers become unrelated ones, never zero in use. */
  private static long mix(long value) {
    long mixed = value + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
