package io.turnpike.simulator.cache;

import java.util.Arrays;

/**
 * Finds a block by its hash: an open-addressing map from {@code long} to {@code int} without
 * boxing, because one run of a cluster looks up hundreds of millions of hashes. Grows with what it
 * holds; the cache bounds that by its blocks.
 */
final class BlockIndex {

  static final int NONE = -1;

  private static final int INITIAL_SLOTS = 64;

  private long[] keys = new long[INITIAL_SLOTS];
  private int[] blocks = new int[INITIAL_SLOTS];
  private int size;

  BlockIndex() {
    Arrays.fill(blocks, NONE);
  }

  int size() {
    return size;
  }

  int get(long hash) {
    return blocks[slotOf(hash)];
  }

  /** Adds a hash that is not in it yet. */
  void put(long hash, int block) {
    if ((size + 1) * 2 > keys.length) {
      grow();
    }
    int slot = slotOf(hash);
    keys[slot] = hash;
    blocks[slot] = block;
    size++;
  }

  /** Takes a hash out and closes the gap, so that no tombstones are left to slow later look-ups. */
  void remove(long hash) {
    int gap = slotOf(hash);
    if (blocks[gap] == NONE) {
      return;
    }
    size--;
    int mask = keys.length - 1;
    int next = (gap + 1) & mask;
    while (blocks[next] != NONE) {
      int home = home(keys[next]);
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        keys[gap] = keys[next];
        blocks[gap] = blocks[next];
        gap = next;
      }
      next = (next + 1) & mask;
    }
    blocks[gap] = NONE;
  }

  void clear() {
    keys = new long[INITIAL_SLOTS];
    blocks = new int[INITIAL_SLOTS];
    Arrays.fill(blocks, NONE);
    size = 0;
  }

  private int slotOf(long hash) {
    int mask = keys.length - 1;
    int slot = home(hash);
    while (blocks[slot] != NONE && keys[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int home(long hash) {
    long mixed = hash * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & (keys.length - 1);
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldBlocks = blocks;
    keys = new long[oldKeys.length * 2];
    blocks = new int[oldKeys.length * 2];
    Arrays.fill(blocks, NONE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldBlocks[i] != NONE) {
        int slot = slotOf(oldKeys[i]);
        keys[slot] = oldKeys[i];
        blocks[slot] = oldBlocks[i];
      }
    }
  }
}
