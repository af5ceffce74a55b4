package io.turnpike.simulator.connector;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.turnpike.simulator.wire.Json;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.node.ObjectNode;

/**
 * The side channel between engines: JSON objects over HTTP on a port of its own. It stands for
 * NIXL's handshake port and for P2pNccl's ZMQ port, which carry other bytes.
 */
public final class KvPort implements AutoCloseable {

  /** vLLM's own limit for a handshake with an engine it cannot reach. */
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  private final DisposableServer server;
  private final HttpClient client;

  /**
   * Listens at once.
   *
   * @param port 0 for any
   * @param routes what to answer to which path
   */
  public KvPort(
      String host,
      int port,
      LoopResources loops,
      Map<String, Function<ObjectNode, Mono<ObjectNode>>> routes) {
    this.client = HttpClient.newConnection().runOn(loops).responseTimeout(HANDSHAKE_TIMEOUT);
    this.server =
        HttpServer.create()
            .host(host)
            .port(port)
            .runOn(loops)
            .route(
                all ->
                    routes.forEach(
                        (path, route) ->
                            all.post(
                                path,
                                (request, response) ->
                                    response.send(
                                        request
                                            .receive()
                                            .aggregate()
                                            .asByteArray()
                                            .map(body -> (ObjectNode) Json.MAPPER.readTree(body))
                                            .flatMap(route)
                                            .map(Json.MAPPER::writeValueAsBytes)
                                            .map(Unpooled::wrappedBuffer)))))
            .bindNow();
  }

  public int port() {
    return server.port();
  }

  /** Calls another engine's port; an error when it cannot be reached or answers other than 200. */
  public Mono<ObjectNode> call(String host, int port, String path, ObjectNode message) {
    return client
        .post()
        .uri("http://" + host + ":" + port + path)
        .send(
            Mono.fromSupplier(() -> Unpooled.wrappedBuffer(Json.MAPPER.writeValueAsBytes(message))))
        .responseSingle(
            (response, body) ->
                response.status().equals(HttpResponseStatus.OK)
                    ? body.asByteArray().map(bytes -> (ObjectNode) Json.MAPPER.readTree(bytes))
                    : Mono.error(new IllegalStateException("status " + response.status())));
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(1));
  }
}
