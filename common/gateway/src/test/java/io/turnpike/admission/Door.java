package io.turnpike.admission;

import io.turnpike.caller.Caller;
import io.turnpike.caller.Limits;
import io.turnpike.error.ApiError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An admission in a time that stands still until a test moves it, and turns that come to it. */
final class Door {

  private final Clockwork clockwork = new Clockwork();
  final Admission admission;

  Door(Limits ofGateway, Limits ofCaller) {
    admission = new Admission(ofGateway, ofCaller, () -> clockwork.nowNanos);
  }

  static Limits limits(@Nullable Double rate, @Nullable Integer turns, @Nullable Integer queue) {
    return new Limits(rate, null, turns, queue, null, null);
  }

  static Caller caller(String id, Limits limits) {
    return new Caller(id, Set.of(), limits, false, false, null);
  }

  static Caller caller(String id) {
    return caller(id, Limits.NONE);
  }

  Turn comes() {
    return comes(Caller.ANYBODY);
  }

  Turn comes(Caller caller) {
    Turn turn = new Turn(caller, clockwork);
    turn.ticket = admission.enter(turn);
    clockwork.runDue();
    return turn;
  }

  List<Turn> come(int count, Caller caller) {
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      turns.add(comes(caller));
    }
    return turns;
  }

  void pass(Duration time) {
    clockwork.pass(time.toNanos());
  }

  /** A turn, and what it was told. */
  static final class Turn implements Visitor {

    private final Caller caller;
    private final Clockwork clockwork;
    @Nullable Ticket ticket;
    @Nullable Permit permit;
    @Nullable ApiError refusal;

    private Turn(Caller caller, Clockwork clockwork) {
      this.caller = caller;
      this.clockwork = clockwork;
    }

    boolean isInside() {
      return permit != null;
    }

    boolean waits() {
      return permit == null && refusal == null;
    }

    Permit permit() {
      if (permit == null) {
        throw new AssertionError("not inside: " + refusal);
      }
      return permit;
    }

    ApiError refusal() {
      if (refusal == null) {
        throw new AssertionError("not refused");
      }
      return refusal;
    }

    void ends() {
      permit().release();
      clockwork.runDue();
    }

    @Override
    public Caller caller() {
      return caller;
    }

    @Override
    public ScheduledExecutorService loop() {
      return clockwork;
    }

    @Override
    public void admitted(Permit given) {
      if (!waits()) {
        throw new AssertionError("told twice");
      }
      permit = given;
    }

    @Override
    public void refused(ApiError error) {
      if (!waits()) {
        throw new AssertionError("told twice");
      }
      refusal = error;
    }
  }

  /** A loop whose tasks run when a test moves the time. */
  private static final class Clockwork extends AbstractExecutorService
      implements ScheduledExecutorService {

    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>();
    private long nowNanos;
    private long count;

    void pass(long nanos) {
      long until = nowNanos + nanos;
      for (Task<?> next = tasks.peek();
          next != null && next.dueNanos <= until;
          next = tasks.peek()) {
        nowNanos = Math.max(nowNanos, next.dueNanos);
        runDue();
      }
      nowNanos = until;
    }

    void runDue() {
      for (Task<?> next = tasks.peek();
          next != null && next.dueNanos <= nowNanos;
          next = tasks.peek()) {
        tasks.remove(next);
        next.run();
      }
    }

    @Override
    public void execute(Runnable command) {
      var _ = schedule(command, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      Task<?> task = new Task<>(this, command, nowNanos + unit.toNanos(delay));
      tasks.add(task);
      return task;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable command, long initialDelay, long period, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable command, long initialDelay, long delay, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }

  private static final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {

    private final long dueNanos;
    private final long number;

    @SuppressWarnings("NullAway") // the result of a Runnable
    Task(Clockwork clockwork, Runnable what, long dueNanos) {
      super(what, null);
      this.dueNanos = dueNanos;
      this.number = clockwork.count++;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task<?> task = (Task<?>) other;
      int byTime = Long.compare(dueNanos, task.dueNanos);
      return byTime != 0 ? byTime : Long.compare(number, task.number);
    }
  }
}
