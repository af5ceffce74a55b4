package io.turnpike.simulator.http;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Role;
import io.turnpike.simulator.connector.HandoffCounters;
import io.turnpike.simulator.engine.EngineCore;
import io.turnpike.simulator.engine.EngineOptions;
import io.turnpike.simulator.fault.EngineFaults;
import io.turnpike.simulator.fault.Faults;
import io.turnpike.simulator.generation.Endings;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.profile.EngineLimits;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.zmq.RegistryPing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * A running engine that behaves like vLLM 0.32.0 on the wire: its HTTP server, its core, its side
 * channel and its ping. Start as many as you like in one JVM; thread-safe.
 *
 * <pre>
 *   try (SimulatedEngine prefill = SimulatedEngine.start(SimulatorOptions.DEFAULT.withRole(PREFILL));
 *       SimulatedEngine decode = SimulatedEngine.start(SimulatorOptions.DEFAULT.withRole(DECODE))) {
 *     … prefill.port() …
 *   }
 * </pre>
 */
public final class SimulatedEngine implements AutoCloseable {

  /** How long {@code /health} says 503 before a dead engine's port closes. */
  static final Duration DYING = Duration.ofSeconds(2);

  private static final LoopResources LOOPS = LoopResources.create("simulator", 1, 2, true);

  private final EngineDriver driver;
  private final Handoffs handoffs;
  private final EngineService service;
  private final HttpPort port;
  private final @Nullable RegistryPing ping;
  private final SimulatorOptions options;
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  /** Starts an engine; it answers when this returns. */
  public static SimulatedEngine start(SimulatorOptions options) {
    options.check();
    return new SimulatedEngine(options);
  }

  private SimulatedEngine(SimulatorOptions options) {
    this.options = options;
    HandoffCounters counters = new HandoffCounters();
    EngineProfile profile = profile(options);
    this.handoffs = Handoffs.open(options, profile, LOOPS, counters, this::driver);
    this.driver =
        new EngineDriver(
            new EngineCore(profile, coreOptions(options)),
            options.speed(),
            System::nanoTime,
            handoffs.connector()::expired);
    this.service =
        new EngineService(
            options,
            new EngineService.Parts(driver, handoffs.connector(), counters, this::engineDies),
            new Faults(new OnCommand()),
            InstantSource.system());
    this.port =
        new HttpPort(new HttpPort.Address(options.host(), options.port()), LOOPS, service::handle);
    this.ping = ping(options);
  }

  /** The bound port. */
  public int port() {
    return port.port();
  }

  /** {@code http://host:port}. */
  public String url() {
    return "http://" + port.host() + ":" + port.port();
  }

  /** The side channel's port; -1 without a connector that has one. */
  public int kvPort() {
    return handoffs.port();
  }

  /** Completes with the exit code when the engine has ended, by itself or by {@link #close}. */
  public CompletableFuture<Integer> end() {
    return end.copy();
  }

  /**
   * Ends as vLLM does at SIGTERM: what is under way goes on for {@code --shutdown-timeout}, then
   * breaks off with an error; without one it ends at once, as {@code --on-terminate} says. {@link
   * #end} completes when the last client has left.
   *
   * <pre>
   *   timeout 0:  told ─ answers end ─ connections refused ───────────── last client leaves ─ end
   *   longer:     told ─ new requests aborted ─┬─ all answered ─ refused ─ last client ────── end
   *                                            └─ timeout: errors, /health 503 for 2 s ────── end
   * </pre>
   */
  public void terminate() {
    if (!told.compareAndSet(false, true)) {
      return;
    }
    if (ping != null) {
      ping.close();
    }
    if (options.shutdownTimeout().isZero()) {
      service.giveUp(new Endings(options.onTerminate(), options.terminateSeed()));
      leave();
      return;
    }
    var _ =
        service
            .drain()
            .orTimeout(options.shutdownTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (done, late) -> {
                  if (late == null) {
                    leave();
                  } else {
                    engineDies();
                  }
                });
  }

  /** Ends at once. */
  @Override
  public void close() {
    stop(0);
  }

  private void leave() {
    var _ = port.leave().thenRunAsync(() -> stop(0));
  }

  private EngineDriver driver() {
    return Objects.requireNonNull(driver);
  }

  private void engineDies() {
    if (service.kill()) {
      CompletableFuture.delayedExecutor(DYING.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> stop(1));
    }
  }

  /** What faults on command do to it. */
  private final class OnCommand implements EngineFaults {

    @Override
    public void dropKv() {
      handoffs.dropNext().run();
    }

    @Override
    public void die() {
      engineDies();
    }

    @Override
    public void exit() {
      Thread.ofPlatform().daemon().start(() -> stop(137));
    }
  }

  private void stop(int exitCode) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (ping != null) {
      ping.close();
    }
    port.close();
    service.close();
    handoffs.close();
    end.complete(exitCode);
  }

  private @Nullable RegistryPing ping(SimulatorOptions options) {
    String registry = options.registry();
    if (registry == null) {
      return null;
    }
    String type = options.role() == Role.DECODE ? "D" : "P";
    return new RegistryPing(
        registry,
        new RegistryPing.Ping(
            type, options.host() + ":" + port(), options.host() + ":" + Math.max(1, kvPort())));
  }

  static EngineProfile profile(SimulatorOptions options) {
    EngineProfile found = Profiles.find(options.profile());
    EngineLimits limits = found.limits();
    long kvTokens = options.kvTokens() > 0 ? options.kvTokens() : limits.kvTokens();
    if (options.maxModelLen() > kvTokens) {
      throw new IllegalArgumentException(
          "max-model-len: %d (expected: at most %d, what kv-tokens holds)"
              .formatted(options.maxModelLen(), kvTokens));
    }
    EngineProfile sized =
        found.with(
            new EngineLimits(
                limits.tokenBudget(), limits.maxSequences(), kvTokens, limits.kvBytesPerToken()));
    return options.speed() == 0 ? sized.free() : sized;
  }

  static EngineOptions coreOptions(SimulatorOptions options) {
    double speed = options.speed() == 0 ? 1 : options.speed();
    HandoffCosts costs =
        options.connector().equals(Connectors.P2P_NCCL) ? HandoffCosts.P2P_NCCL : HandoffCosts.NIXL;
    return EngineOptions.DEFAULT
        .with(options.speed() == 0 ? HandoffCosts.FREE : costs)
        .withLeaseNanos((long) (options.lease().toNanos() * speed));
  }
}
