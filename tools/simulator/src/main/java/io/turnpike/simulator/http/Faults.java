package io.turnpike.simulator.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The faults under way. Thread-safe. */
final class Faults {

  /** More than this many at once are refused. */
  static final int MAX_FAULTS = 100;

  private final List<Armed> armed = new ArrayList<>();

  private static final class Armed {
    private final Fault fault;
    private int left;

    Armed(Fault fault, int left) {
      this.fault = fault;
      this.left = left;
    }
  }

  /** Arms a fault for so many requests; 0 means until it is cleared. */
  synchronized boolean add(Fault fault, int count) {
    if (armed.size() == MAX_FAULTS) {
      return false;
    }
    armed.add(new Armed(fault, count == 0 ? Integer.MAX_VALUE : count));
    return true;
  }

  synchronized int clear() {
    int cleared = armed.size();
    armed.clear();
    return cleared;
  }

  /** The fault that hits this request, if any, taken once. */
  synchronized @Nullable Fault take(String path) {
    Armed hit =
        armed.stream().filter(one -> path.startsWith(one.fault.path())).findFirst().orElse(null);
    if (hit == null) {
      return null;
    }
    if (--hit.left == 0) {
      armed.remove(hit);
    }
    return hit.fault;
  }
}
