package io.turnpike.bench.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** A server that does to each request in turn what the test tells it to; the last for the rest. */
public final class OddServer implements AutoCloseable {

  /** What happens to a request. */
  public enum Deed {
    FINE,
    CUT,
    ENDS_EARLY,
    ERROR_EVENT,
    UNAVAILABLE,
    EMPTY,
    HANG,
    STALL,
    NO_USAGE,
    USAGE_TOO_LARGE,
    USAGE_TOO_SMALL,
    HELD,
    SLOW
  }

  private final ConcurrentLinkedQueue<Deed> deeds = new ConcurrentLinkedQueue<>();
  private final Deed last;
  private final AtomicInteger seen = new AtomicInteger();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final DisposableServer server;
  private volatile Runnable onReached = () -> {};
  private volatile int awaited = Integer.MAX_VALUE;

  public OddServer(List<Deed> inTurn) {
    deeds.addAll(inTurn);
    last = inTurn.getLast();
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes
                        .get(
                            "/v1/models",
                            (q, r) -> r.sendString(Mono.just("{\"data\":[{\"id\":\"m\"}]}")))
                        .post(
                            "/v1/**",
                            (q, r) -> q.receive().aggregate().asString().flatMap(b -> turn(b, r))))
            .bindNow();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** Does something once that many requests have come. */
  public void reaching(int count, Runnable action) {
    onReached = action;
    awaited = count;
  }

  public int seen() {
    return seen.get();
  }

  /** Lets held requests go. */
  public void release() {
    released.complete(null);
  }

  /** Who asks how it counts is told nothing, and is no request of the test. */
  private Mono<Void> turn(String body, HttpServerResponse response) {
    return body.contains("bench-scale-") ? response.status(404).send() : answer(response);
  }

  private Mono<Void> answer(HttpServerResponse response) {
    return Mono.defer(
        () -> {
          Deed deed = deeds.poll();
          if (seen.incrementAndGet() == awaited) {
            onReached.run();
          }
          return Mono.from(deed(response, deed == null ? last : deed));
        });
  }

  private org.reactivestreams.Publisher<Void> deed(HttpServerResponse response, Deed deed) {
    response.header("Content-Type", "text/event-stream");
    return switch (deed) {
      case FINE -> events(response, usage(3), done());
      case NO_USAGE -> events(response, done());
      case USAGE_TOO_LARGE -> events(response, usage(1000), done());
      case USAGE_TOO_SMALL -> events(response, usage(1), done());
      case ENDS_EARLY -> events(response);
      case ERROR_EVENT -> events(response, "{\"error\": {\"message\": \"died\"}}", done());
      case EMPTY -> response.sendString(Flux.just("data: " + done() + "\n\n"));
      case UNAVAILABLE -> response.status(503).sendString(Mono.just("{\"error\":{}}"));
      case HANG -> response.sendHeaders().then(Mono.never());
      case STALL -> text(response).then(Mono.never());
      case CUT ->
          text(response).then(Mono.fromRunnable(() -> response.withConnection(OddServer::cut)));
      case SLOW ->
          Mono.delay(Duration.ofMillis(100))
              .then(Mono.defer(() -> Mono.from(events(response, usage(3), done()))));
      case HELD ->
          Mono.fromFuture(released)
              .then(Mono.defer(() -> Mono.from(events(response, usage(3), done()))));
    };
  }

  private static void cut(reactor.netty.Connection connection) {
    connection.channel().close().addListener(closed -> {});
  }

  private static NettyOutbound text(HttpServerResponse response) {
    return response.sendString(
        Flux.just(chunk("")).concatWith(Flux.just(chunk("a"), chunk("b"), chunk("c"))));
  }

  private static NettyOutbound events(HttpServerResponse response, String... after) {
    return response.sendString(
        Flux.just(chunk(""), chunk("a"), chunk("b"), chunk("c"))
            .concatWith(Flux.just(after).map(event -> "data: " + event + "\n\n")));
  }

  private static String chunk(String content) {
    return "data: {\"choices\":[{\"delta\":{\"content\":\"" + content + "\"}}]}\n\n";
  }

  private static String usage(int tokens) {
    return "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":" + tokens + "}}";
  }

  private static String done() {
    return "[DONE]";
  }

  @Override
  public void close() {
    release();
    server.disposeNow(Duration.ofMillis(100));
  }
}
