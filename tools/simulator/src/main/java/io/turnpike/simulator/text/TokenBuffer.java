package io.turnpike.simulator.text;

import java.util.Arrays;

/** A growing list of token ids, so that long prompts are not boxed. Not thread-safe. */
final class TokenBuffer {

  private int[] ids = new int[256];
  private int size;

  TokenBuffer add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
    return this;
  }

  TokenBuffer addAll(int[] more) {
    if (size + more.length > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + more.length));
    }
    System.arraycopy(more, 0, ids, size, more.length);
    size += more.length;
    return this;
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
