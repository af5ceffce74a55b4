package io.turnpike.gateway;

import io.netty.channel.EventLoop;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Suspicion;
import io.turnpike.turn.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The turns under way, by the loop that each lives on: who is due is woken, and who has a leg on a
 * node that is lost hears of it. Its methods may be called from any thread; a loop's list is
 * touched by that loop alone.
 */
final class LiveTurns {

  /** How often a loop looks whose time has come; no wait of a turn is finer. */
  private static final long LOOK_MILLIS = 50;

  private final LongSupplier ticker;
  private final ConcurrentHashMap<EventLoop, OfLoop> loops = new ConcurrentHashMap<>();
  private volatile Cluster seen = Cluster.EMPTY;

  LiveTurns(LongSupplier ticker) {
    this.ticker = ticker;
  }

  /** The turns of one loop. */
  OfLoop of(EventLoop loop) {
    OfLoop known = loops.get(loop);
    return known != null ? known : loops.computeIfAbsent(loop, OfLoop::new);
  }

  /** The table changed: turns on nodes that left, restarted or refuse connections hear of it. */
  void tableChanged(Cluster now) {
    Cluster before = seen;
    seen = now;
    lost(before, now).forEach(this::nodeLost);
  }

  /** Nodes whose legs cannot go on: gone, in another life, or nobody listens at their port. */
  static Set<NodeId> lost(Cluster before, Cluster now) {
    Set<NodeId> lost = new HashSet<>();
    for (Node node : before.nodes()) {
      Node after = now.node(node.id());
      if (after == null || isRestarted(node, after) || refusesNow(node, after)) {
        lost.add(node.id());
      }
    }
    return lost;
  }

  private static boolean isRestarted(Node before, Node after) {
    return !before.epoch().isGuessed() && !after.epoch().equals(before.epoch());
  }

  private static boolean refusesNow(Node before, Node after) {
    return after.suspicion() == Suspicion.REFUSED && before.suspicion() != Suspicion.REFUSED;
  }

  /** A node refuses connections, or is gone: its legs end at once. */
  void nodeLost(NodeId node) {
    Event event = new Event.NodeLost(node);
    loops.forEach((loop, turns) -> loop.execute(() -> turns.each(turn -> turn.on(event))));
  }

  /** The turns of one loop; for that loop only. */
  final class OfLoop {

    private final EventLoop loop;
    private final List<TurnDriver> turns = new ArrayList<>();
    private boolean watching;

    private OfLoop(EventLoop loop) {
      this.loop = loop;
    }

    void add(TurnDriver turn) {
      turn.place = turns.size();
      turns.add(turn);
      watch();
    }

    /** Takes a turn out; the last one takes its place. */
    void remove(TurnDriver turn) {
      if (turn.place < 0) {
        return;
      }
      TurnDriver last = turns.removeLast();
      if (last != turn) {
        turns.set(turn.place, last);
        last.place = turn.place;
      }
      turn.place = -1;
    }

    /** From the end, so that a turn that ends on the way makes nobody be left out. */
    private void each(Consumer<TurnDriver> task) {
      for (int i = turns.size() - 1; i >= 0; i--) {
        if (i < turns.size()) {
          task.accept(turns.get(i));
        }
      }
    }

    private void watch() {
      if (!watching && !turns.isEmpty()) {
        watching = true;
        var _ = loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void look() {
      watching = false;
      long now = ticker.getAsLong();
      each(turn -> turn.wakeIfDue(now));
      watch();
    }
  }
}
