package io.turnpike.launcher.stack;

import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.process.LogFile;
import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.process.Ports;
import io.turnpike.launcher.process.Termination;
import io.turnpike.launcher.stack.Component.Begin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A running stack, or the start of one. Its processes belong to nobody: they outlive this object
 * and this JVM until {@link #stop()} or {@link #stop(StateFolder)}. Thread-safe: its methods are
 * synchronized.
 */
public final class Stack implements AutoCloseable {

  private static final Duration GATEWAY_PATIENCE = Duration.ofSeconds(15);
  private static final Duration ENGINE_PATIENCE = Duration.ofSeconds(30);

  private final StateFolder state;
  private final HttpClient http;
  private Blueprint blueprint; // guarded by this
  private final Map<String, Component> components = new LinkedHashMap<>();
  private final Map<String, Launch.Running> running = new LinkedHashMap<>();

  private Stack(Blueprint blueprint, StateFolder state) {
    this.blueprint = blueprint;
    this.state = state;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    prepare();
  }

  /**
   * Starts all processes of a plan and returns when a chat was answered. If anything fails or this
   * thread is interrupted, everything that was started is stopped again.
   *
   * @throws StackException with what failed and the log lines that explain it
   */
  public static Stack start(
      Plan plan, Installation installation, StateFolder state, Progress progress)
      throws InterruptedException {
    return start(Blueprint.of(plan, installation, state), state, progress);
  }

  /**
   * Starts all processes of a blueprint, and returns when all can be used and every gateway of ours
   * has answered a chat. If anything fails or this thread is interrupted, everything that was
   * started is stopped again.
   *
   * @throws StackException with what failed and the log lines that explain it
   */
  public static Stack start(Blueprint blueprint, StateFolder state, Progress progress)
      throws InterruptedException {
    try (StateFolder.Lock _ = state.lock()) {
      if (state.isRunning()) {
        throw new StackException("already running (stop it first: ./turnpike down)");
      }
      stop(state.processes(), state);
      requireFreePorts(blueprint);
      state.clearLogs();
      Stack stack = new Stack(blueprint, state);
      state.write(state.plan(), blueprint.plan().toYaml());
      URI gateway = blueprint.gateway();
      state.write(state.gateway(), gateway == null ? "" : gateway + "\n");
      boolean started = false;
      try {
        stack.startAll(progress);
        started = true;
        return stack;
      } finally {
        if (!started) {
          stop(state.processes(), state);
        }
      }
    }
  }

  /** Ends everything that the last run in that folder left; names what was running. */
  public static List<String> stop(StateFolder state) {
    try (StateFolder.Lock _ = state.lock()) {
      List<PidFile> processes = state.processes();
      List<String> alive = processes.stream().filter(PidFile::isAlive).map(PidFile::name).toList();
      stop(processes, state);
      return alive;
    }
  }

  /** Gateways first, so that they can end their turns while engines still answer. */
  private static void stop(List<PidFile> processes, StateFolder state) {
    List<PidFile> gateways = new ArrayList<>();
    List<PidFile> others = new ArrayList<>();
    for (PidFile process : processes) {
      boolean gateway = process.name().startsWith("proxy-") || process.name().equals("replication");
      (gateway ? gateways : others).add(process);
    }
    List<String> left = new ArrayList<>(Termination.end(gateways, GATEWAY_PATIENCE));
    left.addAll(Termination.end(others, ENGINE_PATIENCE));
    processes.stream()
        .filter(process -> !left.contains(process.name()))
        .forEach(process -> process.delete(state.pids()));
    if (!left.isEmpty()) {
      throw new StackException("could not be ended, not even by SIGKILL: " + left);
    }
  }

  private static void requireFreePorts(Blueprint blueprint) {
    List<String> taken = new ArrayList<>();
    blueprint
        .ports()
        .forEach(
            (port, use) -> {
              if (!Ports.isFree(port)) {
                String holder =
                    Ports.holder(port)
                        .map(h -> "pid " + h.pid() + ", " + h.command())
                        .orElse("a process that we may not see");
                taken.add("port " + port + " for " + use + " is in use (" + holder + ")");
              }
            });
    if (!taken.isEmpty()) {
      throw new StackException(
          String.join("\n", taken)
              + "\nNothing was started. End the holder, or give another port in the file.");
    }
  }

  private synchronized void prepare() {
    blueprint.prepare();
    List<Component> planned = blueprint.components();
    components.clear();
    planned.forEach(component -> components.put(component.name(), component));
  }

  private void startAll(Progress progress) throws InterruptedException {
    Startup startup = startup(components(), this::running, progress);
    for (Begin begin : Begin.values()) {
      List<Component> wave = components().stream().filter(c -> c.begin() == begin).toList();
      launch(wave);
      startup.await(wave);
    }
    startup.awaitChats(plan(), state);
  }

  private Startup startup(
      List<Component> all, Supplier<List<Launch.Running>> processes, Progress progress) {
    Startup.Limit limit;
    synchronized (this) {
      limit = new Startup.Limit(blueprint.plan().startTimeout(), blueprint.timeoutKey());
    }
    return new Startup(http, all, processes, progress, limit);
  }

  private synchronized void launch(List<Component> wave) {
    wave.forEach(this::launch);
  }

  private void launch(Component component) {
    running.put(component.name(), begin(component));
  }

  private Launch.Running begin(Component component) {
    try {
      return component.launch().start(state.pids());
    } catch (IOException e) {
      throw new StackException(component.name() + " cannot be started: " + e.getMessage());
    }
  }

  /** What was planned. */
  public synchronized Plan plan() {
    return blueprint.plan();
  }

  /** All processes, in the order of the plan. */
  public synchronized List<Component> components() {
    return List.copyOf(components.values());
  }

  /** What has been started, in this order. */
  public synchronized List<Launch.Running> running() {
    return List.copyOf(running.values());
  }

  /** Where the process of that name listens. */
  public URI url(String name) {
    return component(name).url();
  }

  /** The pid of the process of that name. */
  public synchronized long pid(String name) {
    component(name);
    return process(name).pidFile().program();
  }

  /** Whether the process of that name runs. */
  public synchronized boolean isAlive(String name) {
    component(name);
    return process(name).pidFile().isAlive();
  }

  /** The log of the process of that name. */
  public Path log(String name) {
    return state.log(name);
  }

  /** The last lines of that log. */
  public List<String> lastLines(String name, int lines) {
    return LogFile.last(log(name), lines);
  }

  /** Ends one process and all its children at once, as a crash would: SIGKILL. */
  public synchronized void kill(String name) {
    component(name);
    Termination.end(List.of(process(name).pidFile()), Duration.ZERO);
  }

  /** Ends a process if it runs, starts it again, and returns when it is ready. */
  public void restart(String name) throws InterruptedException {
    Launch.Running begun;
    synchronized (this) {
      begun = anew(name);
    }
    awaitReady(name, begun);
  }

  /**
   * Starts a process again that has ended, and returns when it is ready; does nothing when somebody
   * was faster, or wants it no more.
   *
   * @return whether it was started
   */
  public boolean revive(Launch.Running dead) throws InterruptedException {
    Launch.Running begun;
    synchronized (this) {
      if (!dead.equals(running.get(dead.name())) || !components.containsKey(dead.name())) {
        return false;
      }
      begun = anew(dead.name());
    }
    awaitReady(dead.name(), begun);
    return true;
  }

  private synchronized Launch.Running anew(String name) {
    component(name);
    prepare(); // An engine's id must be another one than that of the process before.
    Termination.end(List.of(process(name).pidFile()), GATEWAY_PATIENCE);
    launch(component(name));
    return process(name);
  }

  private void awaitReady(String name, Launch.Running begun) throws InterruptedException {
    startup(List.of(component(name)), () -> List.of(begun), Progress.SILENT).awaitReady();
  }

  /**
   * Becomes what another blueprint says: ends what that lacks, starts what is new in it, and
   * returns when that can be used. If it cannot, it is ended again, and all is as before.
   */
  public void become(Blueprint next) throws InterruptedException {
    Blueprint before = blueprint();
    Map<String, Launch.Running> begun = new LinkedHashMap<>();
    boolean usable = false;
    try {
      List<Component> fresh = begin(next, begun);
      startup(fresh, () -> List.copyOf(begun.values()), Progress.SILENT).awaitReady();
      usable = true;
    } finally {
      if (!usable) {
        end(begun.values());
        adopt(before);
      }
    }
    end(exchange(begun));
  }

  private synchronized Blueprint blueprint() {
    return blueprint;
  }

  private synchronized List<Component> begin(Blueprint next, Map<String, Launch.Running> begun) {
    adopt(next);
    List<Component> fresh =
        components.values().stream().filter(it -> !running.containsKey(it.name())).toList();
    fresh.forEach(component -> begun.put(component.name(), begin(component)));
    return fresh;
  }

  private synchronized void adopt(Blueprint other) {
    blueprint = other;
    prepare();
    state.write(state.plan(), other.plan().toYaml());
  }

  /** Takes in what has begun; what is no part of the blueprint any more is nobody's. */
  private synchronized List<Launch.Running> exchange(Map<String, Launch.Running> begun) {
    running.putAll(begun);
    List<Launch.Running> others =
        running.values().stream().filter(it -> !components.containsKey(it.name())).toList();
    others.forEach(other -> running.remove(other.name()));
    return others;
  }

  private void end(Collection<Launch.Running> processes) {
    List<PidFile> files = processes.stream().map(Launch.Running::pidFile).toList();
    Termination.end(files, ENGINE_PATIENCE);
    files.forEach(file -> file.delete(state.pids()));
  }

  /** Ends everything. */
  public void stop() {
    stop(state);
  }

  @Override
  public void close() {
    stop();
  }

  private synchronized Component component(String name) {
    Component component = components.get(name);
    if (component == null) {
      throw new IllegalArgumentException(
          "name: " + name + " (expected: one of " + components.keySet() + ")");
    }
    return component;
  }

  private synchronized Launch.Running process(String name) {
    Launch.Running process = running.get(name);
    if (process == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return process;
  }
}
