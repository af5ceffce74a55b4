package io.turnpike.simulator.cache;

import com.carrotsearch.hppc.LongIntHashMap;
import java.util.Arrays;

/**
 * The KV blocks of one engine, as vLLM V1 keeps them. Not thread-safe.
 *
 * <pre>
 *             take                    retain                 last release
 *   never used ──▶ held by requests ◀──────▶ held by more ──▶ free, but remembered by its hash
 *                        ▲                                          │        │
 *                        └──────────── retain: a prefix hit ────────┘        │ oldest first
 *                        └──────────── take: evicted, hash forgotten ◀───────┘
 * </pre>
 *
 * <p>A block that nobody holds stays findable until it is the oldest and space is needed. The
 * blocks of a request are freed last block first, so that the end of a conversation is forgotten
 * before its beginning. Memory grows with the blocks that were ever used, not with the capacity.
 */
public final class KvCache {

  /** Tokens a block holds. */
  public static final int BLOCK_TOKENS = 16;

  private static final int INITIAL_BLOCKS = 64;
  private static final int NONE = -1;

  private final int capacity;
  private final LongIntHashMap index = new LongIntHashMap();
  private long[] hashes = new long[INITIAL_BLOCKS];
  private boolean[] hashed = new boolean[INITIAL_BLOCKS];
  private int[] holders = new int[INITIAL_BLOCKS];
  private int[] older = new int[INITIAL_BLOCKS];
  private int[] newer = new int[INITIAL_BLOCKS];
  private int everUsed;
  private int oldest = NONE;
  private int newest = NONE;
  private int free;
  private long evictions;
  private int[] matched = new int[INITIAL_BLOCKS];

  /**
   * A cache of whole blocks.
   *
   * @param tokens what fits; the rest of a block is left over
   */
  public KvCache(long tokens) {
    long blocks = tokens / BLOCK_TOKENS;
    if (blocks < 1 || blocks > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "kv tokens: %d (expected: %d or more)".formatted(tokens, BLOCK_TOKENS));
    }
    capacity = (int) blocks;
    free = capacity;
  }

  /** The blocks that so many tokens take. */
  public static int blocksFor(int tokens) {
    return (tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
  }

  /** All blocks there are. */
  public int capacity() {
    return capacity;
  }

  /** Blocks that nobody holds, remembered ones among them. */
  public int free() {
    return free;
  }

  /** Blocks that can be found by their hash. */
  public int remembered() {
    return index.size();
  }

  /** Remembered blocks that were given up for new ones so far. */
  public long evictions() {
    return evictions;
  }

  /** How many of a chain's first blocks are here, at most {@code limit}. */
  public int hits(long[] chain, int limit) {
    int most = Math.min(limit, chain.length);
    if (most > matched.length) {
      matched = new int[Math.max(most, matched.length * 2)];
    }
    int found = 0;
    while (found < most) {
      int block = index.getOrDefault(chain[found], NONE);
      if (block == NONE) {
        break;
      }
      matched[found++] = block;
    }
    return found;
  }

  /** One of the blocks that the latest {@link #hits} counted. */
  public int hit(int position) {
    return matched[position];
  }

  /** The block of that hash, or -1. */
  public int find(long hash) {
    return index.getOrDefault(hash, NONE);
  }

  /** Of the first of the latest {@link #hits}, those that nobody holds and that retaining takes. */
  public int freeAmongHits(int count) {
    int unheld = 0;
    for (int i = 0; i < count; i++) {
      if (holders[matched[i]] == 0) {
        unheld++;
      }
    }
    return unheld;
  }

  /** One more request holds a block that {@link #find} gave. */
  public void retain(int block) {
    if (holders[block]++ == 0) {
      unlink(block);
      free--;
    }
  }

  /** A block for new content. Only if {@link #free()} is above zero. */
  public int take() {
    if (free == 0) {
      throw new IllegalStateException("no free block");
    }
    free--;
    int block;
    if (everUsed < capacity) {
      block = everUsed++;
      ensure(everUsed);
    } else {
      block = oldest;
      unlink(block);
      forget(block);
    }
    holders[block] = 1;
    return block;
  }

  /** Makes a full block findable; the first block of a hash stays the one that is found. */
  public void remember(int block, long hash) {
    if (!hashed[block] && index.getOrDefault(hash, NONE) == NONE) {
      hashes[block] = hash;
      hashed[block] = true;
      index.put(hash, block);
    }
  }

  /** A request lets go of its blocks: the first {@code count} of the array. */
  public void release(int[] blocks, int count) {
    for (int i = count - 1; i >= 0; i--) {
      int block = blocks[i];
      if (holders[block] <= 0) {
        throw new IllegalStateException("block " + block + " is released twice");
      }
      if (--holders[block] == 0) {
        link(block);
        free++;
      }
    }
  }

  /** Forgets all content. False, and nothing is done, while any block is held, as in vLLM. */
  public boolean reset() {
    if (free != capacity) {
      return false;
    }
    index.release();
    Arrays.fill(hashed, false);
    return true;
  }

  /**
   * Checks the laws that hold between calls; for tests.
   *
   * @return how often blocks are held, all blocks together
   * @throws IllegalStateException naming the law that is broken
   */
  public long verify() {
    int held = 0;
    long holds = 0;
    for (int block = 0; block < everUsed; block++) {
      held += holders[block] > 0 ? 1 : 0;
      holds += holders[block];
      if (hashed[block] && index.getOrDefault(hashes[block], NONE) != block) {
        throw new IllegalStateException("block " + block + " is remembered but not found");
      }
    }
    int listed = 0;
    for (int block = oldest; block != NONE; block = newer[block]) {
      listed++;
    }
    if (held + free != capacity || listed + capacity - everUsed != free) {
      throw new IllegalStateException(
          "blocks: %d held, %d free, %d listed of %d".formatted(held, free, listed, capacity));
    }
    return holds;
  }

  private void forget(int block) {
    if (hashed[block]) {
      hashed[block] = false;
      index.remove(hashes[block]);
      evictions++;
    }
  }

  private void link(int block) {
    older[block] = newest;
    newer[block] = NONE;
    if (newest == NONE) {
      oldest = block;
    } else {
      newer[newest] = block;
    }
    newest = block;
  }

  private void unlink(int block) {
    if (older[block] == NONE) {
      oldest = newer[block];
    } else {
      newer[older[block]] = newer[block];
    }
    if (newer[block] == NONE) {
      newest = older[block];
    } else {
      older[newer[block]] = older[block];
    }
  }

  private void ensure(int blocks) {
    if (blocks <= holders.length) {
      return;
    }
    int length = (int) Math.min(capacity, Math.max(blocks, holders.length * 2L));
    hashes = Arrays.copyOf(hashes, length);
    hashed = Arrays.copyOf(hashed, length);
    holders = Arrays.copyOf(holders, length);
    older = Arrays.copyOf(older, length);
    newer = Arrays.copyOf(newer, length);
  }
}
