package io.turnpike.launcher.stack;

import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.process.LogFile;
import io.turnpike.launcher.stack.Component.Patience;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a start: until all are ready, or one of them has died, or takes too long. */
final class Startup {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int LOG_LINES = 20;
  private static final int LOOKED_AT_LINES = 500;

  private final HttpClient http;
  private final Readiness readiness;
  private final List<Component> components;
  private final Supplier<List<Launch.Running>> processes;
  private final Progress progress;
  private final Limit limit;
  private final List<String> ready = new ArrayList<>();
  private final DoomedEngines doomed = new DoomedEngines(System::nanoTime);
  private final long startNanos = System.nanoTime();
  private long boundStartNanos = startNanos;
  private long lastLookNanos = System.nanoTime();

  /**
   * How long all may take together.
   *
   * @param time null: services their bound, real engines as long as they load
   * @param key what people call it
   */
  record Limit(@Nullable Duration time, String key) {}

  Startup(
      HttpClient http,
      List<Component> components,
      Supplier<List<Launch.Running>> processes,
      Progress progress,
      Limit limit) {
    this.http = http;
    this.readiness = new Readiness(http);
    this.components = components;
    this.processes = processes;
    this.progress = progress;
    this.limit = limit;
  }

  /** Returns when those components are ready; others may be started later. */
  void await(List<Component> wave) throws InterruptedException {
    awaitReady(wave, this::requireHopeful);
  }

  /** Returns when every gateway of the plan that has engines has answered a chat. */
  void awaitChats(Plan plan, StateFolder state) throws InterruptedException {
    FirstChat chat = new FirstChat(http, state);
    for (URI gateway : FirstChat.gateways(plan)) {
      awaitModels(chat, gateway);
      chat.send(gateway);
    }
    requireAlive();
  }

  /** As {@link #await}, for what comes back: its log still has the words of its life before. */
  void awaitReady() throws InterruptedException {
    awaitReady(components, waiting -> {});
  }

  private void awaitReady(List<Component> wave, Consumer<List<Component>> check)
      throws InterruptedException {
    while (true) {
      List<Component> waiting = waiting(wave);
      requireAlive();
      if (waiting.isEmpty()) {
        return;
      }
      progress.waiting(components.size(), notReady());
      requireInTime(waiting);
      check.accept(waiting);
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
  }

  /** Those that are not ready; each is asked until it once was. */
  private List<Component> waiting(List<Component> wave) throws InterruptedException {
    List<Component> waiting = new ArrayList<>();
    for (Component component : wave) {
      if (!ready.contains(component.name())) {
        if (readiness.isReady(component)) {
          ready.add(component.name());
        } else {
          waiting.add(component);
        }
      }
    }
    return waiting;
  }

  private List<Component> notReady() {
    return components.stream().filter(component -> !ready.contains(component.name())).toList();
  }

  private void awaitModels(FirstChat chat, URI gateway) throws InterruptedException {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (!chat.knowsModels(gateway)) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw new StackException(
            gateway + "/v1/models stays empty: no engine became ready (see ./turnpike status)");
      }
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
  }

  private void requireAlive() {
    for (Launch.Running process : processes.get()) {
      if (process.isDead()) {
        throw new StackException(
            process.name() + " ended with exit code " + process.process().exitValue(),
            LogFile.last(process.log(), LOG_LINES));
      }
    }
  }

  /** A look at the logs once a second. */
  private void requireHopeful(List<Component> waiting) {
    if (System.nanoTime() - lastLookNanos < LOOK.toNanos()) {
      return;
    }
    lastLookNanos = System.nanoTime();
    for (Component component : waiting) {
      if (component.patience() == Patience.UNBOUNDED) {
        List<String> log = LogFile.last(component.launch().log(), LOOKED_AT_LINES);
        String fault = doomed.fault(component.name(), log);
        if (fault != null) {
          throw new StackException(fault, LogFile.last(component.launch().log(), LOG_LINES));
        }
      }
    }
  }

  /** Services cannot be ready before their engines, so their time starts when loading ends. */
  private void requireInTime(List<Component> waiting) {
    if (limit.time() != null) {
      requireWithin(limit.time(), startNanos, waiting);
      return;
    }
    if (waiting.stream().anyMatch(c -> c.patience() == Patience.UNBOUNDED)) {
      boundStartNanos = System.nanoTime();
    }
    requireWithin(BOUND, boundStartNanos, waiting);
  }

  private void requireWithin(Duration bound, long sinceNanos, List<Component> waiting) {
    if (System.nanoTime() - sinceNanos > bound.toNanos()) {
      // Services wait for engines, so an engine is the cause where one is missing.
      Component cause =
          waiting.stream()
              .filter(component -> component.patience() == Patience.UNBOUNDED)
              .findFirst()
              .orElse(waiting.getFirst());
      throw new StackException(
          cause.name() + " is not ready after " + bound.toSeconds() + " s (" + limit.key() + ")",
          LogFile.last(cause.launch().log(), LOG_LINES));
    }
  }
}
