package io.turnpike.simulator.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * The links over which KV moves: each engine has one in each direction, and transfers under way
 * share a link evenly. A transfer's rate is the smaller of its two shares.
 */
final class Network {

  /** One transfer. */
  private final class Flow {
    final Link from;
    final Link to;
    final Runnable whenDone;
    double bytesLeft;
    double bytesPerNano;
    long settledNanos;
    long version;

    Flow(Link from, Link to, double bytes, long nowNanos, Runnable whenDone) {
      this.from = from;
      this.to = to;
      this.whenDone = whenDone;
      bytesLeft = bytes;
      settledNanos = nowNanos;
    }

    void settle(long nowNanos) {
      bytesLeft = Math.max(0, bytesLeft - bytesPerNano * (nowNanos - settledNanos));
      settledNanos = nowNanos;
    }

    void pace(long nowNanos) {
      settle(nowNanos);
      bytesPerNano = capacity / Math.max(from.flows.size(), to.flows.size());
      long mine = ++version;
      long doneNanos = nowNanos + (long) Math.ceil(bytesLeft / bytesPerNano);
      timeline.at(doneNanos, () -> finish(mine, doneNanos));
    }

    private void finish(long planned, long nowNanos) {
      if (planned == version) {
        version++;
        from.flows.remove(this);
        to.flows.remove(this);
        paceNeighbours(this, nowNanos);
        whenDone.run();
      }
    }
  }

  private static final class Link {
    final List<Flow> flows = new ArrayList<>();
  }

  private final Timeline timeline;
  private final double capacity;
  private final Link[] out;
  private final Link[] in;

  /**
   * A network between so many engines.
   *
   * @param gigabytesPerSecond effective bandwidth of a link
   */
  Network(Timeline timeline, int engines, double gigabytesPerSecond) {
    this.timeline = timeline;
    capacity = gigabytesPerSecond;
    out = new Link[engines];
    in = new Link[engines];
    for (int i = 0; i < engines; i++) {
      out[i] = new Link();
      in[i] = new Link();
    }
  }

  /** Moves bytes from one engine to another and runs the action when they are there. */
  void move(int from, int to, double bytes, long nowNanos, Runnable whenDone) {
    Flow flow = new Flow(out[from], in[to], bytes, nowNanos, whenDone);
    flow.from.flows.add(flow);
    flow.to.flows.add(flow);
    flow.pace(nowNanos);
    paceNeighbours(flow, nowNanos);
  }

  private static void paceNeighbours(Flow flow, long nowNanos) {
    for (Flow other : flow.from.flows) {
      if (!other.equals(flow)) {
        other.pace(nowNanos);
      }
    }
    for (Flow other : flow.to.flows) {
      if (!other.equals(flow) && !other.from.equals(flow.from)) {
        other.pace(nowNanos);
      }
    }
  }
}
