package io.turnpike.engine.http;

import io.netty.channel.EventLoop;
import io.turnpike.turn.LegFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One loop's connections to one engine. The last one used is used next, so that the others grow old
 * and are closed; a leg without one opens one, or waits where there are enough.
 */
final class EnginePool {

  private final EngineConnections owner;
  private final EngineTarget target;
  private final ConnectionLimits limits;
  private final EventLoop loop;

  private final ArrayDeque<EngineConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private final Set<EngineConnection> open = new LinkedHashSet<>();
  private int connecting;
  private boolean left;

  EnginePool(EngineConnections owner, EngineTarget target, ConnectionLimits limits) {
    this.owner = owner;
    this.target = target;
    this.limits = limits;
    this.loop = owner.loop();
  }

  void assertConfined() {
    assert loop.inEventLoop() : "a leg was used off its loop";
  }

  void start(Call call) {
    EngineConnection free = takeIdle();
    if (free != null) {
      sendOn(free, call);
    } else if (open.size() + connecting < limits.connections()) {
      connect(call);
    } else if (waiting.size() < limits.waiting()) {
      call.waitingSinceNanos = owner.nanoTime();
      waiting.add(call);
      owner.watch();
    } else {
      breakLater(call, LegFault.BUSY, "has no free connection");
    }
  }

  private @Nullable EngineConnection takeIdle() {
    EngineConnection free;
    while ((free = idle.pollFirst()) != null) {
      if (free.isUsable() && !isTooOld(free, owner.nanoTime())) {
        return free;
      }
      free.close();
    }
    return null;
  }

  private boolean isTooOld(EngineConnection free, long nowNanos) {
    return nowNanos - free.idleSinceNanos() >= limits.maxIdle().toNanos();
  }

  private void sendOn(EngineConnection free, Call call) {
    if (call.request.isTooLate(owner.nanoTime())) {
      release(free);
      breakLater(call, LegFault.BUSY, "could not be asked in time");
    } else {
      free.send(call, target);
    }
  }

  /** Not from within {@code send}: its caller does not hold the call yet. */
  private void breakLater(Call call, LegFault failure, String what) {
    loop.execute(() -> call.broke(failure, what));
  }

  // --- opening ---

  private void connect(@Nullable Call call) {
    connecting++;
    owner
        .opener()
        .connect(target, this, (connection, failure) -> opened(call, connection, failure));
  }

  private void opened(
      @Nullable Call call, @Nullable EngineConnection connection, @Nullable Throwable failure) {
    connecting--;
    if (connection == null) {
      if (call != null) {
        call.broke(ConnectionOpener.kind(failure), ConnectionOpener.describe(failure));
      }
      serveWaiting();
      return;
    }
    open.add(connection);
    if (call == null || call.isEnded()) {
      release(connection);
    } else {
      sendOn(connection, call);
    }
  }

  // --- giving back ---

  /** Takes back a connection that can carry another call. */
  void release(EngineConnection free) {
    Call next = nextWaiting();
    if (next != null) {
      free.idleSince(owner.nanoTime());
      sendOn(free, next);
    } else if (left) {
      free.close();
    } else {
      free.idleSince(owner.nanoTime());
      idle.addFirst(free);
      owner.watch();
    }
  }

  /**
   * A connection is gone.
   *
   * @param resend what it carried, if that goes once more over a new one
   */
  void closed(EngineConnection gone, @Nullable Call resend) {
    open.remove(gone);
    idle.remove(gone);
    if (resend != null) {
      connect(resend);
    }
    serveWaiting();
  }

  private void serveWaiting() {
    while (open.size() + connecting < limits.connections()) {
      Call next = nextWaiting();
      if (next == null) {
        return;
      }
      connect(next);
    }
  }

  private @Nullable Call nextWaiting() {
    Call next;
    do {
      next = waiting.pollFirst();
    } while (next != null && next.isEnded());
    return next;
  }

  /** Its caller does not wait for a connection any more. */
  void forget(Call call) {
    waiting.remove(call);
  }

  // --- time, and the end ---

  /** Closes what is old and ends what waited too long; says whether there is more to watch. */
  boolean tidy(long nowNanos) {
    EngineConnection oldest;
    while ((oldest = idle.peekLast()) != null && isTooOld(oldest, nowNanos)) {
      idle.pollLast();
      oldest.close();
    }
    long waitNanos = limits.waitTimeout().toNanos();
    Call first;
    while ((first = waiting.peekFirst()) != null
        && nowNanos - first.waitingSinceNanos >= waitNanos) {
      waiting.pollFirst();
      first.broke(LegFault.BUSY, "has no free connection");
    }
    return !idle.isEmpty() || !waiting.isEmpty();
  }

  /** The engine left: nothing is kept; what is under way goes on. */
  void leave() {
    left = true;
    idle.forEach(EngineConnection::close);
    idle.clear();
  }

  void comeBack() {
    left = false;
  }

  PoolUse use() {
    return new PoolUse(open.size(), idle.size(), waiting.size());
  }

  boolean isEmpty() {
    return open.isEmpty() && connecting == 0 && waiting.isEmpty();
  }

  /** Ends every call at once, and closes every connection. */
  void endAll(LegFault failure, String what) {
    List<Call> waited = new ArrayList<>(waiting);
    waiting.clear();
    idle.clear();
    for (EngineConnection each : List.copyOf(open)) {
      each.breakOff(failure, what);
    }
    waited.forEach(call -> call.broke(failure, what));
  }
}
