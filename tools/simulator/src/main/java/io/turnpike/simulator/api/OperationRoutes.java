package io.turnpike.simulator.api;

import io.turnpike.simulator.api.Routes.Call;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.generation.KvTruth;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.metrics.EngineMetrics;
import reactor.core.publisher.Mono;

/** Health, version, metrics, and emptying the prefix cache. */
public final class OperationRoutes {

  private final EngineDriver driver;
  private final KvTruth truth;
  private final EngineMetrics metrics;

  public OperationRoutes(EngineDriver driver, KvTruth truth, EngineMetrics metrics) {
    this.driver = driver;
    this.truth = truth;
    this.metrics = metrics;
  }

  public void addTo(Routes routes) {
    routes.get("/health", this::health);
    routes.get("/ping", this::health);
    routes.post("/ping", this::health);
    routes.get("/version", call -> json("{\"version\":\"0.32.0\"}"));
    routes.get("/load", call -> json("{\"server_load\":0}"));
    routes.get("/kv_event_sources", call -> json("{}"));
    routes.get("/metrics", this::metrics);
    routes.post("/reset_prefix_cache", this::resetPrefixCache);
  }

  private Mono<Response> health(Call call) {
    return Mono.just(Response.empty(driver.isDead() ? 503 : 200));
  }

  private Mono<Response> metrics(Call call) {
    return Mono.fromFuture(driver.call((core, now) -> core.stats()))
        .map(
            stats ->
                Response.text("text/plain; version=1.0.0; charset=utf-8", metrics.text(stats)));
  }

  private Mono<Response> resetPrefixCache(Call call) {
    return Mono.fromFuture(
            driver.call(
                (core, now) -> {
                  boolean done = core.resetPrefixCache();
                  if (done) {
                    truth.clear();
                  }
                  return done;
                }))
        .map(done -> Response.json(200, "{\"success\":" + done + "}"));
  }

  private static Mono<Response> json(String json) {
    return Mono.just(Response.json(200, json));
  }
}
