package io.turnpike.simulator.replay;

import java.util.Arrays;

/** Which engine has something to do next: an indexed binary heap, ties by engine number. */
final class EngineHeap {

  private final long[] times;
  private final int[] heap;
  private final int[] slots;

  EngineHeap(int engines) {
    times = new long[engines];
    Arrays.fill(times, Long.MAX_VALUE);
    heap = new int[engines];
    slots = new int[engines];
    for (int i = 0; i < engines; i++) {
      heap[i] = i;
      slots[i] = i;
    }
  }

  int first() {
    return heap[0];
  }

  long nextNanos() {
    return heap.length == 0 ? Long.MAX_VALUE : times[heap[0]];
  }

  void set(int engine, long nanos) {
    long before = times[engine];
    times[engine] = nanos;
    if (nanos < before) {
      rise(slots[engine]);
    } else if (nanos > before) {
      sink(slots[engine]);
    }
  }

  private void rise(int start) {
    int slot = start;
    while (slot > 0 && isBefore(heap[slot], heap[(slot - 1) / 2])) {
      swap(slot, (slot - 1) / 2);
      slot = (slot - 1) / 2;
    }
  }

  private void sink(int start) {
    int slot = start;
    while (true) {
      int child = 2 * slot + 1;
      if (child >= heap.length) {
        return;
      }
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isBefore(heap[child], heap[slot])) {
        return;
      }
      swap(slot, child);
      slot = child;
    }
  }

  private boolean isBefore(int engine, int other) {
    return times[engine] < times[other] || (times[engine] == times[other] && engine < other);
  }

  private void swap(int one, int other) {
    int engine = heap[one];
    heap[one] = heap[other];
    heap[other] = engine;
    slots[heap[one]] = one;
    slots[heap[other]] = other;
  }
}
