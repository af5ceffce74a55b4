package io.turnpike.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.turnpike.engine.http.EngineClients;
import io.turnpike.engine.http.PoolUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * Looks at each event loop once a second, on that loop: how late it comes to a task, and what its
 * connections to engines are at. All of a turn is on one loop, so that a late loop delays every
 * stream it carries.
 *
 * <ul>
 *   <li>{@code turnpike.loop.delay}: seconds between the time at which a task was due and its
 *       start; alert when its maximum stays above a tenth of a second.
 *   <li>{@code turnpike.engine.connections{state}}: {@code busy} and {@code idle} connections.
 *   <li>{@code turnpike.legs.waiting}: legs that wait for a connection; good is 0.
 * </ul>
 */
@SuppressWarnings("FutureReturnValueIgnored") // a look is not taken back: it sees that all is over
final class LoopWatch implements AutoCloseable {

  private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
    Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofSeconds(1)
  };

  private final EngineClients engines;
  private final LongSupplier ticker;
  private final Timer delay;
  private final List<Look> looks = new ArrayList<>();
  private volatile boolean closed;

  /** Begins to look. */
  LoopWatch(
      EventLoopGroup loops, EngineClients engines, MeterRegistry meters, LongSupplier ticker) {
    this.engines = engines;
    this.ticker = ticker;
    delay = Timer.builder("turnpike.loop.delay").serviceLevelObjectives(BUCKETS).register(meters);
    for (EventExecutor one : loops) {
      if (one instanceof EventLoop loop) {
        looks.add(new Look(loop));
      }
    }
    connections(meters, "busy", use -> use.open() - use.idle());
    connections(meters, "idle", PoolUse::idle);
    Gauge.builder("turnpike.legs.waiting", () -> sum(PoolUse::waiting)).register(meters);
    looks.forEach(Look::next);
  }

  private void connections(MeterRegistry meters, String state, ToIntFunction<PoolUse> count) {
    Gauge.builder("turnpike.engine.connections", () -> sum(count))
        .tag("state", state)
        .register(meters);
  }

  private int sum(ToIntFunction<PoolUse> count) {
    return looks.stream().mapToInt(look -> count.applyAsInt(look.use)).sum();
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Of one loop; runs on it. */
  private final class Look implements Runnable {
    private final EventLoop loop;
    private long dueNanos;
    private volatile PoolUse use = PoolUse.NONE;

    Look(EventLoop loop) {
      this.loop = loop;
    }

    void next() {
      if (!closed && !loop.isShuttingDown()) {
        dueNanos = ticker.getAsLong() + PERIOD_NANOS;
        loop.schedule(this, PERIOD_NANOS, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void run() {
      delay.record(Math.max(0, ticker.getAsLong() - dueNanos), TimeUnit.NANOSECONDS);
      use = engines.of(loop).use();
      next();
    }
  }
}
