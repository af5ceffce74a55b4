package io.turnpike.bench.load;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.Request;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one server.
 *
 * <pre>
 *   open loop:    each is sent when it is due, whatever became of those before
 *   closed loop:  so many are under way; the next is due when one has ended. It begins with
 *                 2,500 a second at most, as each of them opens a connection
 * </pre>
 *
 * An open loop with a bound on concurrency is the client's queue: clocks start when requests are
 * due. A run is used once; {@link #stop} may be called from any thread.
 */
public final class LoadRun {

  /** Shorter waits are spun, as a thread cannot be woken more exactly. */
  private static final long SPIN_NANOS = 60_000;

  /** A closed loop's first requests are this far apart: thousands at once would wait for us. */
  private static final long RAMP_NANOS = 400_000;

  private final Endpoint endpoint;
  private final IntFunction<Request> requests;
  private final LongConsumer gaps;
  private final Consumer<Measurement> sink;
  private final AtomicInteger ended = new AtomicInteger();
  private final Semaphore progress = new Semaphore(0);
  private volatile boolean stopped;
  private long startNanos;

  /**
   * A run.
   *
   * @param requests makes a request when it is to be sent
   * @param gaps gets times between chunks, on the event loop
   * @param sink gets each measurement, on the event loop
   */
  public LoadRun(
      Endpoint endpoint,
      IntFunction<Request> requests,
      LongConsumer gaps,
      Consumer<Measurement> sink) {
    this.endpoint = endpoint;
    this.requests = requests;
    this.gaps = gaps;
    this.sink = sink;
  }

  /**
   * Sends requests when they are due, and returns when all have ended.
   *
   * @param concurrency at most so many under way; 0 for no bound
   * @return how many were sent, fewer only after {@link #stop}
   */
  public int open(long[] due, int concurrency) throws InterruptedException {
    Semaphore slots = concurrency == 0 ? null : new Semaphore(concurrency);
    startNanos = System.nanoTime();
    int sent = 0;
    while (sent < due.length && !stopped) {
      long at = startNanos + due[sent];
      waitUntil(at);
      acquire(slots);
      if (!stopped) {
        send(sent++, at, slots);
      }
    }
    finish(sent);
    return sent;
  }

  /** Keeps so many requests under way until that many were sent and have ended. */
  public int closed(int count, int concurrency) throws InterruptedException {
    Semaphore slots = new Semaphore(concurrency);
    startNanos = System.nanoTime();
    int sent = 0;
    while (sent < count && !stopped) {
      if (sent < concurrency) {
        waitUntil(startNanos + sent * RAMP_NANOS);
      }
      acquire(slots);
      if (!stopped) {
        send(sent++, System.nanoTime(), slots);
      }
    }
    finish(sent);
    return sent;
  }

  /** Sends no more and gives up on what is under way. */
  public void stop() {
    stopped = true;
    endpoint.interrupt();
  }

  /** Whether it was stopped before its end. */
  public boolean isStopped() {
    return stopped;
  }

  private void send(int index, long scheduled, @Nullable Semaphore slots) {
    endpoint.send(
        requests.apply(index),
        scheduled,
        gaps,
        measurement -> {
          sink.accept(measurement);
          ended.incrementAndGet();
          progress.release();
          if (slots != null) {
            slots.release();
          }
        });
  }

  private void acquire(@Nullable Semaphore slots) throws InterruptedException {
    while (slots != null && !stopped && !slots.tryAcquire(100, TimeUnit.MILLISECONDS)) {
      // A stop is seen within 100 ms.
    }
  }

  private void waitUntil(long nanos) {
    long left = nanos - System.nanoTime();
    while (left > 0 && !stopped) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(Math.min(left - SPIN_NANOS, 100_000_000));
      } else {
        Thread.onSpinWait();
      }
      left = nanos - System.nanoTime();
    }
  }

  private void finish(int sent) throws InterruptedException {
    Duration total = endpoint.options().total();
    while (ended.get() < sent) {
      if (stopped) {
        endpoint.interrupt();
      }
      if (!progress.tryAcquire(stopped ? 1_000 : total.toMillis() + 10_000, TimeUnit.MILLISECONDS)
          && !stopped) {
        throw new IllegalStateException("%d requests never ended".formatted(sent - ended.get()));
      }
      progress.drainPermits();
    }
  }
}
