package io.turnpike.simulator.api;

import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.generation.Cutoff;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Which request is answered by what. */
public final class Routes {

  private final Map<String, Map<String, Route>> routes = new TreeMap<>();

  /**
   * A request whose body is read.
   *
   * @param cutoff where its answer ends before its time
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Call(Request request, byte[] body, Cutoff cutoff) {}

  /** Answers a call; may throw an {@code ApiError}. */
  @FunctionalInterface
  interface Route {
    Mono<Response> answer(Call call);
  }

  void get(String path, Route route) {
    add("GET", path, route);
  }

  void post(String path, Route route) {
    add("POST", path, route);
  }

  /** The routes of a path by method, the first one first; null when there are none. */
  @Nullable Map<String, Route> at(String path) {
    return routes.get(path);
  }

  private void add(String method, String path, Route route) {
    routes.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(method, route);
  }
}
