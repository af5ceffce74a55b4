package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.openai.OpenAiError;
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
      return relay.refuse(response, OpenAiError.methodNotAllowed(request.method().name(), "POST"));
    }
    return gateway.serve(api, request, response);
  }

  /** The turn API of a request target; slashes may be doubled, and a query is ignored. */
  static @Nullable TurnApi apiOf(String target) {
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    int begin = 0;
    while (begin + 1 < end && target.charAt(begin + 1) == '/') {
      begin++;
    }
    for (TurnApi api : APIS) {
      String path = api.path();
      if (end - begin == path.length() && target.startsWith(path, begin)) {
        return api;
      }
    }
    return null;
  }

  private static final TurnApi[] APIS = TurnApi.values();
}
