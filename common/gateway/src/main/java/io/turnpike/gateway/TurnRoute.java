package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.error.ApiError;
import io.turnpike.openai.TurnApi;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * The turn paths as routes of Reactor Netty, inside Boot's own server but in front of WebFlux: that
 * is two to three times cheaper a turn than WebFlux's router. Everything else falls through to
 * WebFlux on the same port.
 */
public final class TurnRoute implements NettyRouteProvider {

  private final TurnGateway gateway;
  private final Relay relay;

  TurnRoute(TurnGateway gateway, Relay relay) {
    this.gateway = gateway;
    this.relay = relay;
  }

  @Override
  public HttpServerRoutes apply(HttpServerRoutes routes) {
    return routes.route(request -> apiOf(request.uri()) != null, this::serve);
  }

  private Publisher<Void> serve(HttpServerRequest request, HttpServerResponse response) {
    TurnApi api = apiOf(request.uri());
    if (api == null || !request.method().equals(HttpMethod.POST)) {
      return relay.refuse(response, ApiError.methodNotAllowed(request.method().name(), "POST"));
    }
    return gateway.serve(api, request, response);
  }

  /**
   * The turn API of a request target. A query is ignored, and slashes may be doubled: a client
   * whose base URL ends in one asks for {@code /v1//chat/completions}.
   */
  static @Nullable TurnApi apiOf(String target) {
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    for (TurnApi api : APIS) {
      if (isPath(target, end, api.path())) {
        return api;
      }
    }
    return null;
  }

  private static boolean isPath(String target, int end, String path) {
    int matched = 0;
    for (int i = 0; i < end; i++) {
      char c = target.charAt(i);
      if (c == '/' && i > 0 && target.charAt(i - 1) == '/') {
        continue;
      }
      if (matched == path.length() || path.charAt(matched++) != c) {
        return false;
      }
    }
    return matched == path.length();
  }

  private static final TurnApi[] APIS = TurnApi.values();
}
