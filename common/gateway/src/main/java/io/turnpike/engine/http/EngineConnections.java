package io.turnpike.engine.http;

import io.netty.channel.EventLoop;
import io.turnpike.turn.LegFault;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One loop's connections to all engines. For that loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // the timer is not taken back
public final class EngineConnections {

  private static final Duration MAX_TICK = Duration.ofSeconds(1);
  private static final Duration MIN_TICK = Duration.ofMillis(5);

  private final EventLoop loop;
  private final ConnectionLimits limits;
  private final @Nullable String apiKey;
  private final LongSupplier ticker;
  private final ConnectionOpener opener;
  private final long tickNanos;

  private final Map<URI, EnginePool> pools = new HashMap<>();
  private boolean watching;

  EngineConnections(
      EventLoop loop, EngineSockets sockets, EngineClients.Terms terms, LongSupplier ticker) {
    this.loop = loop;
    this.limits = terms.limits();
    this.apiKey = terms.apiKey();
    this.ticker = ticker;
    this.opener = new ConnectionOpener(loop, sockets, terms);
    long shortest = Math.min(limits.maxIdle().toNanos(), limits.waitTimeout().toNanos());
    this.tickNanos = Math.clamp(shortest / 4, MIN_TICK.toNanos(), MAX_TICK.toNanos());
  }

  /**
   * Sends a request; its listener hears what comes of it, after this has returned.
   *
   * @throws IllegalArgumentException if the URL is none of an engine; the body is the caller's then
   */
  public LegCall send(LegRequest request, LegListener listener) {
    assert loop.inEventLoop() : "a leg was sent off its loop";
    EnginePool pool = pools.get(request.engine());
    if (pool == null) {
      pool = new EnginePool(this, new EngineTarget(request.engine(), apiKey), limits);
      pools.put(request.engine(), pool);
    }
    pool.comeBack();
    Call call = new Call(request, listener, pool);
    pool.start(call);
    return call;
  }

  /** What its connections are at. */
  public PoolUse use() {
    PoolUse all = PoolUse.NONE;
    for (EnginePool pool : pools.values()) {
      all = all.plus(pool.use());
    }
    return all;
  }

  /** Closes what is idle of engines that left; legs under way go on. */
  void keepOnly(Set<URI> present) {
    Iterator<Map.Entry<URI, EnginePool>> each = pools.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<URI, EnginePool> entry = each.next();
      if (!present.contains(entry.getKey())) {
        entry.getValue().leave();
        if (entry.getValue().isEmpty()) {
          each.remove();
        }
      }
    }
  }

  /** Ends every leg to an engine at once, each with this failure. */
  void endAll(URI engine, LegFault failure, String what) {
    EnginePool pool = pools.get(engine);
    if (pool != null) {
      pool.endAll(failure, what);
    }
  }

  void close() {
    for (EnginePool pool : pools.values()) {
      pool.leave();
      pool.endAll(LegFault.BUSY, "was not asked to the end: this gateway stops");
    }
  }

  EventLoop loop() {
    return loop;
  }

  ConnectionOpener opener() {
    return opener;
  }

  long nanoTime() {
    return ticker.getAsLong();
  }

  /** Something grows old: one timer a loop looks at all of it, while there is any. */
  void watch() {
    if (!watching) {
      watching = true;
      loop.schedule(this::tidy, tickNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void tidy() {
    watching = false;
    long now = ticker.getAsLong();
    boolean more = false;
    for (EnginePool pool : pools.values()) {
      more |= pool.tidy(now);
    }
    if (more) {
      watch();
    }
  }
}
