package io.turnpike.simulator.fault;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The faults under way. Thread-safe. */
public final class Faults {

  /** More than this many at once are refused. */
  public static final int MAX_FAULTS = 100;

  private final EngineFaults engine;
  private final List<Armed> armed = new ArrayList<>();

  private static final class Armed {
    private final Fault fault;
    private int left;

    Armed(Fault fault, int left) {
      this.fault = fault;
      this.left = left;
    }
  }

  /** No faults yet. */
  public Faults(EngineFaults engine) {
    this.engine = engine;
  }

  /** Arms a fault for so many requests; 0 means until it is cleared. */
  public synchronized boolean add(Fault fault, int count) {
    if (armed.size() == MAX_FAULTS) {
      return false;
    }
    armed.add(new Armed(fault, count == 0 ? Integer.MAX_VALUE : count));
    return true;
  }

  /** Takes all back; how many there were. */
  public synchronized int clear() {
    int cleared = armed.size();
    armed.clear();
    return cleared;
  }

  /** What goes wrong with this request; counted as done. */
  public Disturbance take(String method, String path) {
    Fault fault = next(method, path);
    if (fault == null) {
      return Disturbance.NONE;
    }
    switch (fault.kind()) {
      case DROP_KV -> engine.dropKv();
      case ENGINE_DEAD -> engine.die();
      case EXIT -> engine.exit();
      case REFUSE,
          HANG,
          STATUS,
          SLOW,
          LATE,
          DIE,
          ERROR_EVENT,
          ABORT,
          SILENT,
          TRUNCATE,
          RETURN_PARAMS -> {}
    }
    return new Disturbance(fault);
  }

  private synchronized @Nullable Fault next(String method, String path) {
    Armed hit = armed.stream().filter(one -> one.fault.hits(method, path)).findFirst().orElse(null);
    if (hit == null) {
      return null;
    }
    if (--hit.left == 0) {
      armed.remove(hit);
    }
    return hit.fault;
  }
}
