package io.turnpike.simulator.live;

import io.turnpike.simulator.engine.EngineCore;
import io.turnpike.simulator.engine.EngineListener;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.handoff.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Plays an {@link EngineCore} in real time. Its one thread is the only one that touches the core;
 * all methods may be called from any thread and return at once.
 *
 * <p>Engine time is {@code elapsed × speed}. With speed 0 it is wall time, and the core is expected
 * to have a profile that costs nothing, so that it answers at once while leases still last.
 */
public final class EngineDriver implements AutoCloseable {

  /** Commands waiting for the thread; more than this many means that it is stuck. */
  static final int MAX_COMMANDS = 1 << 20;

  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EngineCore core;
  private final double speed;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>(MAX_COMMANDS);
  private final Map<String, SequenceListener> sequences = new HashMap<>();
  private final EngineListener listener = new Dispatch();
  private final Consumer<Lease> expired;
  private final Thread thread;
  private volatile boolean dead;
  private volatile boolean closed;

  /**
   * A driver that starts at once.
   *
   * @param nanoTime a monotonic clock
   * @param expired hears of leases that nobody read in time, on the driver's thread
   */
  public EngineDriver(
      EngineCore core, double speed, LongSupplier nanoTime, Consumer<Lease> expired) {
    this.core = core;
    this.speed = speed == 0 ? 1 : speed;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    this.expired = expired;
    this.thread = Thread.ofPlatform().daemon().name("engine").start(this::run);
  }

  /** What is done with the core on its thread. */
  @FunctionalInterface
  public interface Access<T> {
    T with(EngineCore core, long nowNanos);
  }

  /** Hands a sequence to the engine; a dead engine says so to the listener. */
  public void submit(EngineRequest request, SequenceListener hears) {
    execute(
        () -> {
          if (dead) {
            hears.onEngineDead();
            return;
          }
          sequences.put(request.id(), hears);
          core.submit(request, now());
        });
  }

  /** Takes a sequence back; nothing more is told of it. */
  public void abort(String id) {
    execute(
        () -> {
          if (sequences.remove(id) != null) {
            core.abort(id, now());
          }
        });
  }

  /** Runs something with the core on its thread. */
  public <T> CompletableFuture<T> call(Access<T> access) {
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(
        () -> {
          try {
            result.complete(access.with(core, now()));
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** The engine core dies: all sequences fail, and so does every later one. */
  public void kill() {
    dead = true;
    execute(
        () -> {
          Map<String, SequenceListener> all = Map.copyOf(sequences);
          sequences.clear();
          all.keySet().forEach(id -> core.abort(id, now()));
          all.values().forEach(SequenceListener::onEngineDead);
        });
  }

  public boolean isDead() {
    return dead;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void execute(Runnable command) {
    commands.add(command);
  }

  private long now() {
    return (long) ((nanoTime.getAsLong() - startNanos) * speed);
  }

  private void run() {
    List<Runnable> batch = new ArrayList<>();
    while (!closed) {
      try {
        Runnable first = commands.poll(waitNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
          batch.add(first);
          commands.drainTo(batch);
          batch.forEach(Runnable::run);
          batch.clear();
        }
        core.advance(now(), listener);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private long waitNanos() {
    long next = core.nextEventNanos();
    if (next == Long.MAX_VALUE) {
      return LONGEST_WAIT_NANOS;
    }
    long wall = (long) ((next - now()) / speed);
    return Math.clamp(wall, 0, LONGEST_WAIT_NANOS);
  }

  /** Passes the core's events to their sequences. */
  private final class Dispatch implements EngineListener {

    @Override
    public void onToken(EngineRequest request, int index, long nowNanos) {
      SequenceListener hears = sequences.get(request.id());
      if (hears != null) {
        hears.onToken(index, nowNanos);
      }
    }

    @Override
    public void onFinished(Finished finished, long nowNanos) {
      SequenceListener hears = sequences.remove(finished.request().id());
      if (hears != null) {
        hears.onFinished(finished, nowNanos);
      }
    }

    @Override
    public void onLeaseExpired(Lease lease, long nowNanos) {
      expired.accept(lease);
    }
  }
}
