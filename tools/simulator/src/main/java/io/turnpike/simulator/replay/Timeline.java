package io.turnpike.simulator.replay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen, in order of time, and of being scheduled at the same time: a binary heap over
 * plain arrays, so that scheduling allocates nothing.
 */
final class Timeline {

  private long[] times = new long[256];
  private long[] orders = new long[256];
  private @Nullable Runnable[] actions = new Runnable[256];
  private int size;
  private long scheduled;

  long nextNanos() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  int size() {
    return size;
  }

  void at(long nanos, Runnable action) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      orders = Arrays.copyOf(orders, size * 2);
      actions = Arrays.copyOf(actions, size * 2);
    }
    int hole = size++;
    long order = scheduled++;
    while (hole > 0) {
      int parent = (hole - 1) / 2;
      if (!isBefore(nanos, order, parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    set(hole, nanos, order, action);
  }

  /** Takes the first action out; only if there is one. */
  Runnable poll() {
    Runnable first = actions[0];
    if (size == 0 || first == null) {
      throw new IllegalStateException("nothing is scheduled");
    }
    int last = --size;
    long nanos = times[last];
    long order = orders[last];
    Runnable action = actions[last];
    actions[last] = null;
    if (last > 0) {
      int hole = sink(last, nanos, order);
      set(hole, nanos, order, action);
    }
    return first;
  }

  private int sink(int end, long nanos, long order) {
    int hole = 0;
    while (true) {
      int child = 2 * hole + 1;
      if (child >= end) {
        return hole;
      }
      if (child + 1 < end && isBefore(times[child + 1], orders[child + 1], child)) {
        child++;
      }
      if (isBefore(nanos, order, child)) {
        return hole;
      }
      move(child, hole);
      hole = child;
    }
  }

  private boolean isBefore(long nanos, long order, int slot) {
    return nanos < times[slot] || (nanos == times[slot] && order < orders[slot]);
  }

  private void move(int from, int to) {
    set(to, times[from], orders[from], actions[from]);
  }

  private void set(int slot, long nanos, long order, @Nullable Runnable action) {
    times[slot] = nanos;
    orders[slot] = order;
    actions[slot] = action;
  }
}
