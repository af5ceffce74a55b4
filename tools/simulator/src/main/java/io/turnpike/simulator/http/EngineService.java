package io.turnpike.simulator.http;

import io.turnpike.connector.Connectors;
import io.turnpike.simulator.api.EngineApi;
import io.turnpike.simulator.api.GenerationRoutes;
import io.turnpike.simulator.api.ModelRoutes;
import io.turnpike.simulator.api.OperationRoutes;
import io.turnpike.simulator.api.Routes;
import io.turnpike.simulator.api.SimRoutes;
import io.turnpike.simulator.connector.HandoffCounters;
import io.turnpike.simulator.connector.KvConnector;
import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.fault.Faults;
import io.turnpike.simulator.generation.Ending;
import io.turnpike.simulator.generation.EngineAccess;
import io.turnpike.simulator.generation.Generations;
import io.turnpike.simulator.generation.KvTruth;
import io.turnpike.simulator.generation.RequestRecord;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.log.EngineLog;
import io.turnpike.simulator.log.StatsLine;
import io.turnpike.simulator.metrics.EngineHistograms;
import io.turnpike.simulator.metrics.EngineMetrics;
import io.turnpike.simulator.wire.RequestReader;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** All of a running engine but its sockets: what it is made of, and the way in. Thread-safe. */
final class EngineService implements AutoCloseable {

  private final EngineDriver driver;
  private final Generations generations;
  private final EngineApi api;
  private final EngineLog log;

  /** Driver's thread only. */
  private final StatsLine stats;

  /**
   * What the engine works with.
   *
   * @param die makes the engine core die, and the engine with it
   */
  record Parts(
      EngineDriver driver, KvConnector connector, HandoffCounters handoffs, Runnable die) {}

  EngineService(SimulatorOptions options, Parts parts, Faults faults, EngineLog log) {
    this.driver = parts.driver();
    this.log = log;
    InstantSource time = InstantSource.system();
    EngineHistograms histograms = new EngineHistograms();
    this.stats = new StatsLine(!options.connector().equals(Connectors.NONE), System.nanoTime());
    EngineWatch watch = new EngineWatch(histograms, stats, log, options.connector());
    KvTruth truth = new KvTruth();
    RequestRecord record = new RequestRecord(time);
    this.generations =
        new Generations(
            new Generations.Setting(options.maxModelLen(), fingerprint(options), time),
            new EngineAccess(parts.driver(), parts.connector(), truth, parts.die()),
            watch,
            record);
    RequestReader reader = new RequestReader(options.model(), options.maxModelLen());
    EngineMetrics metrics =
        new EngineMetrics(options.model(), record, histograms, parts.handoffs());
    Routes routes = new Routes();
    new OperationRoutes(driver, truth, metrics).addTo(routes);
    new ModelRoutes(options.model(), options.maxModelLen(), reader, time).addTo(routes);
    new GenerationRoutes(reader, generations, parts.connector(), record).addTo(routes);
    SimRoutes sim = new SimRoutes(driver, record, faults);
    this.api = new EngineApi(routes, sim, faults, options.apiKey());
  }

  Mono<Response> handle(Request request) {
    return api.handle(request);
  }

  /** Writes how the engine fares, if there is anything to write. */
  void logStats() {
    var _ =
        driver.call(
            (core, now) -> {
              String line = stats.next(core.stats(), System.nanoTime());
              if (line != null) {
                log.info(line);
              }
              return true;
            });
  }

  /** The engine core dies; false when it is dead already. */
  boolean kill() {
    if (driver.isDead()) {
      return false;
    }
    log.error("EngineCore encountered a fatal error.");
    driver.kill();
    return true;
  }

  /** Requests that come are given up; completes when those under way have ended. */
  CompletableFuture<Void> drain() {
    return generations.drain();
  }

  /** Gives up what is under way, each request as the next ending says, and dies. */
  void giveUp(Supplier<Ending> endings) {
    generations.endAll(endings);
    driver.kill();
  }

  @Override
  public void close() {
    driver.close();
  }

  /** Differs between engines with and without a connector, like vLLM's. */
  private static String fingerprint(SimulatorOptions options) {
    int hash = Objects.hash(options.model(), options.connector().word(), options.maxModelLen());
    return "vllm-0.32.0-%08x".formatted(hash);
  }
}
