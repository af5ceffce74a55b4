package io.turnpike.simulator.api;

import io.turnpike.simulator.api.Routes.Call;
import io.turnpike.simulator.api.Routes.Route;
import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.fault.Disturbance;
import io.turnpike.simulator.fault.Faults;
import io.turnpike.simulator.wire.ApiError;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Answers requests as vLLM was recorded (traces a01 to a08 and c01), faults included. */
public final class EngineApi {

  private static final String SIM = "/sim/";

  private final Routes routes;
  private final SimRoutes sim;
  private final Faults faults;
  private final @Nullable String apiKey;

  /** {@code apiKey} is demanded below {@code /v1}; null for none. */
  public EngineApi(Routes routes, SimRoutes sim, Faults faults, @Nullable String apiKey) {
    this.routes = routes;
    this.sim = sim;
    this.faults = faults;
    this.apiKey = apiKey;
  }

  /** What goes back; never completes for a request that gets no answer. */
  public Mono<Response> handle(Request request) {
    if (request.path().startsWith(SIM)) {
      return request.body().flatMap(body -> sim.answer(request, body));
    }
    Disturbance disturbance = faults.take(request.method(), request.path());
    Response atOnce = disturbance.atOnce();
    if (atOnce != null) {
      return Mono.just(atOnce);
    }
    Map<String, Route> methods = routes.at(request.path());
    if (methods == null) {
      return Mono.just(Response.json(404, "{\"detail\":\"Not Found\"}"));
    }
    Route route = methods.get(request.method());
    if (route == null) {
      String allowed = methods.keySet().iterator().next();
      Response.Whole refusal = Response.json(405, "{\"detail\":\"Method Not Allowed\"}");
      return Mono.just(refusal.with("allow", allowed));
    }
    if (!isAuthorized(request)) {
      return Mono.just(Response.json(401, "{\"error\":\"Unauthorized\"}"));
    }
    return request
        .body()
        .map(body -> new Call(request, body, disturbance.cutoff()))
        .flatMap(call -> disturbance.apply(() -> guarded(route, call)));
  }

  private static Mono<Response> guarded(Route route, Call call) {
    try {
      return route.answer(call);
    } catch (ApiError error) {
      return Mono.just(Response.error(error));
    }
  }

  private boolean isAuthorized(Request request) {
    return apiKey == null
        || !request.path().startsWith("/v1")
        || ("Bearer " + apiKey).equals(request.header("authorization"));
  }
}
