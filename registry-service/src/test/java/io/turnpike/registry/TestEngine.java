package io.turnpike.registry;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An engine's HTTP server as far as the registry asks it; a real one, in this process. */
final class TestEngine implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final Duration BOUND = Duration.ofSeconds(10);

  private final DisposableServer server;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile int status = 200;
  private volatile String processStart;
  private volatile @Nullable String apiKey;

  private TestEngine(String host, int port, String processStart) {
    this.processStart = processStart;
    server =
        HttpServer.create()
            .host(host)
            .port(port)
            .doOnConnection(connection -> connections.add(connection.channel()))
            .route(
                routes ->
                    routes
                        .get("/health", (_, r) -> r.status(status).send())
                        .get("/v1/models", this::models)
                        .get(
                            "/version",
                            (_, r) -> r.sendString(Mono.just("{\"version\":\"0.32.0\"}")))
                        .get("/metrics", (_, r) -> r.sendString(Mono.fromSupplier(this::page))))
            .bindNow(BOUND);
  }

  static TestEngine start() {
    return new TestEngine(HOST, 0, "1795221502.37");
  }

  /** Another life at a port. */
  static TestEngine startAt(int port, String processStart) {
    return new TestEngine(HOST, port, processStart);
  }

  private Publisher<Void> models(HttpServerRequest request, HttpServerResponse response) {
    String demanded = apiKey;
    return demanded == null
            || ("Bearer " + demanded).equals(request.requestHeaders().get("authorization"))
        ? response.sendString(Mono.just("{\"data\":[{\"id\":\"tiny\"}]}"))
        : response.status(401).send();
  }

  /** At an address of this machine. */
  static TestEngine startAt(String host, int port) {
    return new TestEngine(host, port, "1795221502.37");
  }

  /** As with {@code --api-key}. */
  void demand(String key) {
    apiKey = key;
  }

  private String page() {
    return "process_start_time_seconds %s\nvllm:num_requests_running{engine=\"0\"} 3.0\n"
        .formatted(processStart);
  }

  void answerHealthWith(int code) {
    status = code;
  }

  /** A restart so quick that no probe fails. */
  void restart(String nextProcessStart) {
    processStart = nextProcessStart;
  }

  int port() {
    return server.port();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  URI url() {
    return URI.create("http://" + address());
  }

  /** Ends with all its connections, as a process does. */
  @Override
  public void close() {
    server.disposeNow(BOUND);
    connections.close().awaitUninterruptibly(BOUND.toMillis());
  }
}
