package io.turnpike.simulator.replay;

import java.util.ArrayDeque;

/**
 * The clients' connections: at most so many requests are under way, the others queue first come
 * first served. Bounded by the turns that are due.
 */
final class ClientPool {

  private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
  private int free;

  ClientPool(int size) {
    free = size;
  }

  /** Runs the action now or when a connection is free. */
  void acquire(Runnable action) {
    if (free > 0) {
      free--;
      action.run();
    } else {
      queue.addLast(action);
    }
  }

  void release() {
    Runnable next = queue.pollFirst();
    if (next == null) {
      free++;
    } else {
      next.run();
    }
  }
}
