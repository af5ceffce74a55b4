package io.turnpike.launcher.local;

import io.turnpike.launcher.job.LocalJob;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.Ports;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * What the process that watches over a job does when it is asked: other numbers of workers, and one
 * of them anew. Orders come one at a time; {@link #beat} may come from another thread.
 */
final class LocalOrders implements Orders.Doer {

  private static final Duration KNOWN = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Stack stack;
  private final IntPredicate isFree;
  private final Traffic traffic;
  private LocalJob job;

  /** Workers that the registry did not find in its list when it began; guarded by this. */
  private final List<EnginePlan> joined = new ArrayList<>();

  /**
   * Looks after a job that is up.
   *
   * @param isFree whether nobody listens on a port
   */
  LocalOrders(Stack stack, LocalJob job, IntPredicate isFree, HttpClient http) {
    this.stack = stack;
    this.job = job;
    this.isFree = isFree;
    this.traffic = new Traffic(http, job.plan());
  }

  /** Of a job that is up. */
  static LocalOrders of(Stack stack, LocalJob job, HttpClient http) {
    return new LocalOrders(stack, job, Ports::isFree, http);
  }

  @Override
  public void act(List<String> words, Consumer<String> out) throws InterruptedException {
    switch (words.getFirst()) {
      case "scale" ->
          scale(
              Role.valueOf(words.get(1).toUpperCase(Locale.ROOT)),
              Integer.parseInt(words.get(2)),
              out);
      case "restart" -> restart(words.get(1), out);
      default -> throw new StackException("order: " + words + " (expected: scale or restart)");
    }
  }

  /** Tells the registry again of workers that it did not begin with: leases run out. */
  synchronized void beat() throws InterruptedException {
    for (EnginePlan worker : joined) {
      try {
        traffic.join(worker);
      } catch (StackException _) {
        // The registry is being started again; it will be told in time.
      }
    }
  }

  private void scale(Role role, int replicas, Consumer<String> out) throws InterruptedException {
    requireTurnpike("scale");
    List<EnginePlan> before = stack.plan().engines().of(role);
    if (before.isEmpty()) {
      throw new StackException(role.word() + ": the job has no such workers");
    }
    LocalJob next = job.scaled(role, replicas, isFree); // Before anybody is drained for nothing.
    List<EnginePlan> leaving = before.subList(Math.min(replicas, before.size()), before.size());
    become(next, leaving, out);
    for (EnginePlan worker : leaving) {
      forget(worker);
      out.accept(worker.name() + " has ended");
    }
    for (EnginePlan worker : added(before, next.plan(), role)) {
      register(worker);
      awaitReady(worker.name());
      out.accept(worker.name() + " is ready, " + worker.url());
    }
  }

  private void become(LocalJob next, List<EnginePlan> leaving, Consumer<String> out)
      throws InterruptedException {
    List<String> names = leaving.stream().map(EnginePlan::name).toList();
    try {
      drain(names, out);
      stack.become(next);
    } catch (StackException e) {
      undrain(names);
      throw e;
    }
    job = next;
  }

  private static List<EnginePlan> added(List<EnginePlan> before, Plan after, Role role) {
    List<EnginePlan> added = new ArrayList<>(after.engines().of(role));
    added.removeAll(before);
    return added;
  }

  /** Until it gets turns. */
  private void awaitReady(String worker) throws InterruptedException {
    long deadline = System.nanoTime() + KNOWN.toNanos();
    while (!Objects.equals(traffic.state(worker), "ready")) {
      if (System.nanoTime() > deadline) {
        throw new StackException(
            "%s runs, but the registry does not call it ready after %d s"
                .formatted(worker, KNOWN.toSeconds()));
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  private synchronized void register(EnginePlan worker) throws InterruptedException {
    joined.add(worker);
    traffic.join(worker);
  }

  private synchronized void forget(EnginePlan worker) throws InterruptedException {
    joined.remove(worker);
    try {
      traffic.leave(worker.name());
    } catch (StackException e) {
      // Its lease runs out, or it has left already.
    }
  }

  private void restart(String worker, Consumer<String> out) throws InterruptedException {
    List<String> all = stack.components().stream().map(it -> it.name()).toList();
    if (!all.contains(worker)) {
      throw new StackException(
          "no worker '%s' (expected: one of %s)".formatted(worker, String.join(", ", all)));
    }
    List<String> drained =
        isTurnpikes() && stack.plan().engine(worker).isPresent() ? List.of(worker) : List.of();
    long startNanos;
    try {
      drain(drained, out);
      startNanos = System.nanoTime();
      stack.restart(worker);
    } catch (StackException e) {
      undrain(drained);
      throw e;
    }
    undrain(drained);
    for (String name : drained) {
      awaitReady(name);
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    out.accept(String.format(Locale.ROOT, "%s is back after %.1f s", worker, seconds));
  }

  private void drain(List<String> workers, Consumer<String> out) throws InterruptedException {
    for (String worker : workers) {
      traffic.drain(worker);
      out.accept(worker + " is being drained");
    }
    long deadline = System.nanoTime() + RunningJob.DRAIN.toNanos();
    for (String worker : workers) {
      awaitIdle(worker, deadline, out);
    }
  }

  /** Returns when nothing is under way there on two looks in a row, or after its time. */
  private void awaitIdle(String worker, long deadline, Consumer<String> out)
      throws InterruptedException {
    int idle = 0;
    while (idle < 2) {
      // What the gateways say is at most as old as this pause.
      TimeUnit.NANOSECONDS.sleep(2 * LOOK.toNanos());
      idle = traffic.isIdle(worker) ? idle + 1 : 0;
      if (System.nanoTime() > deadline) {
        out.accept(
            worker
                + " still has turns after "
                + RunningJob.DRAIN.toSeconds()
                + " s; they go on elsewhere");
        return;
      }
    }
  }

  /** As soon as the registry answers: it may be being started again. */
  private void undrain(List<String> workers) throws InterruptedException {
    long deadline = System.nanoTime() + KNOWN.toNanos();
    for (String worker : workers) {
      while (!isUndrained(worker, deadline)) {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
    }
  }

  private boolean isUndrained(String worker, long deadline) throws InterruptedException {
    try {
      traffic.undrain(worker);
      return true;
    } catch (StackException e) {
      if (System.nanoTime() > deadline) {
        throw e;
      }
      return false;
    }
  }

  private void requireTurnpike(String what) {
    if (!isTurnpikes()) {
      throw new StackException(
          what + ": a scheduler.command would not hear of it (expected: Turnpike's own proxies)");
    }
  }

  private boolean isTurnpikes() {
    return job.job().scheduler().command() == null;
  }
}
