package io.turnpike.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import reactor.core.publisher.Mono;

/**
 * Collects control endpoints: GET answers HEAD too, another method on a known path is a 405 that
 * names the right one, and all of them can be put behind the admin key.
 */
public final class ControlRoutes {

  private final RouterFunctions.Builder routes = RouterFunctions.route();
  private final Map<String, TreeSet<HttpMethod>> methods = new LinkedHashMap<>();

  /** Adds an endpoint. */
  public ControlRoutes get(String path, HandlerFunction<ServerResponse> handler) {
    routes.GET(path, handler).HEAD(path, handler);
    return allow(path, HttpMethod.GET, HttpMethod.HEAD);
  }

  /** Adds an endpoint. */
  public ControlRoutes post(String path, HandlerFunction<ServerResponse> handler) {
    routes.POST(path, handler);
    return allow(path, HttpMethod.POST);
  }

  /** Adds an endpoint. */
  public ControlRoutes put(String path, HandlerFunction<ServerResponse> handler) {
    routes.PUT(path, handler);
    return allow(path, HttpMethod.PUT);
  }

  /** Adds an endpoint. */
  public ControlRoutes delete(String path, HandlerFunction<ServerResponse> handler) {
    routes.DELETE(path, handler);
    return allow(path, HttpMethod.DELETE);
  }

  /**
   * What a service is, and where it answers.
   *
   * @param turns paths that clients ask for
   * @param control paths of people and scripts
   */
  @ControlJson
  private record Index(String service, List<String> turns, List<String> control) {}

  /**
   * Adds {@code GET /}, which names all paths of these routes.
   *
   * @param turns paths that clients ask for
   * @param others paths that are served elsewhere
   */
  public ControlRoutes index(String service, List<String> turns, List<String> others) {
    return get("/", request -> ControlPlane.json(new Index(service, turns, paths(others))));
  }

  private List<String> paths(List<String> others) {
    List<String> paths = new ArrayList<>();
    methods.forEach(
        (path, allowed) ->
            allowed.stream()
                .filter(method -> !method.equals(HttpMethod.HEAD))
                .forEach(method -> paths.add(method + " " + path)));
    paths.addAll(others);
    return paths;
  }

  private ControlRoutes allow(String path, HttpMethod... allowed) {
    methods.computeIfAbsent(path, known -> new TreeSet<>()).addAll(List.of(allowed));
    return this;
  }

  /** All of them, behind a guard. */
  public RouterFunction<ServerResponse> build(ControlGuard guard) {
    return build()
        .filter(
            (request, next) -> {
              guard.check(request);
              return next.handle(request);
            });
  }

  /** All of them, open to all. */
  public RouterFunction<ServerResponse> build() {
    methods.forEach(
        (path, allowed) ->
            routes.route(
                RequestPredicates.path(path),
                request -> Mono.error(new MethodNotAllowedException(request.method(), allowed))));
    return routes.build();
  }
}
