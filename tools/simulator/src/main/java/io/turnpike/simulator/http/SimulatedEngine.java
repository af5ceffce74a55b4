package io.turnpike.simulator.http;

import io.turnpike.connector.Connectors;
import io.turnpike.cost.EngineLimits;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.node.Role;
import io.turnpike.simulator.connector.HandoffCounters;
import io.turnpike.simulator.engine.EngineCore;
import io.turnpike.simulator.engine.EngineOptions;
import io.turnpike.simulator.fault.EngineFaults;
import io.turnpike.simulator.fault.Faults;
import io.turnpike.simulator.generation.Endings;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.log.AccessLog;
import io.turnpike.simulator.log.EngineLog;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.zmq.RegistryPing;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
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

  /** vLLM's interval between lines about how it fares. */
  private static final Duration STATS = Duration.ofSeconds(10);

  private static final LoopResources LOOPS = LoopResources.create("simulator", 1, 2, true);

  private final EngineDriver driver;
  private final Handoffs handoffs;
  private final EngineService service;
  private final HttpPort port;
  private final @Nullable RegistryPing ping;
  private final SimulatorOptions options;
  private final EngineLog log;
  private final Disposable stats;
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  /** Starts an engine that writes no log; it answers when this returns. */
  public static SimulatedEngine start(SimulatorOptions options) {
    return start(options, EngineLog.NONE, EngineLog.NONE);
  }

  /** Starts an engine; requests are written to a log of their own. */
  static SimulatedEngine start(SimulatorOptions options, EngineLog log, EngineLog accessLog) {
    options.check();
    return new SimulatedEngine(options, log, accessLog);
  }

  private SimulatedEngine(SimulatorOptions options, EngineLog log, EngineLog accessLog) {
    this.options = options;
    this.log = log;
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
            log);
    this.port =
        new HttpPort(
            new HttpPort.Address(options.host(), options.port()),
            LOOPS,
            service::handle,
            new AccessLog(accessLog));
    this.ping = ping(options);
    this.stats = Flux.interval(STATS).subscribe(tick -> service.logStats());
    log.info("Starting vLLM server on " + url());
    log.server("Application startup complete.");
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
    Duration timeout = options.shutdownTimeout();
    String mode = timeout.isZero() ? "abort" : "drain";
    log.info("[shutdown] API server: shutdown triggered");
    log.info(
        "[shutdown] EngineCore: start mode=%s timeout=%ds".formatted(mode, timeout.toSeconds()));
    if (ping != null) {
      ping.close();
    }
    if (timeout.isZero()) {
      service.giveUp(new Endings(options.onTerminate(), options.terminateSeed()));
      leave();
      return;
    }
    var _ =
        service
            .drain()
            .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
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
    log.server("Waiting for connections to close.");
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
    stats.dispose();
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
    String http = options.host() + ":" + port();
    String zmq = options.host() + ":" + Math.max(1, kvPort());
    log.info(
        "P2pNcclEngine init, rank:0, local_rank:0, http_address:%s, zmq_address:%s, proxy_address:%s"
            .formatted(http, zmq, registry));
    return new RegistryPing(registry, new RegistryPing.Ping(type, http, zmq));
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
