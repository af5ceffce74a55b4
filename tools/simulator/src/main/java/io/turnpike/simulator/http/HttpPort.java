package io.turnpike.simulator.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.turnpike.simulator.exchange.Cut;
import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.log.AccessLog;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** The HTTP server's socket: reads requests and writes responses with uvicorn's headers. */
final class HttpPort implements AutoCloseable {

  /** How long a connection may be idle, as uvicorn's. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private final Function<Request, Mono<Response>> answers;
  private final AccessLog log;
  private final InstantSource time;
  private final Connections connections = new Connections();
  private final DisposableServer server;

  /** Listens at once. */
  HttpPort(
      Address address,
      LoopResources loops,
      Function<Request, Mono<Response>> answers,
      AccessLog log) {
    this.answers = answers;
    this.log = log;
    this.time = InstantSource.system();
    this.server =
        HttpServer.create()
            .host(address.host())
            .port(address.port())
            .runOn(loops)
            .idleTimeout(KEEP_ALIVE)
            .doOnConnection(connection -> connections.opened(connection.channel()))
            .handle(this::handle)
            .bindNow();
  }

  /**
   * Where to listen.
   *
   * @param port 0 for any
   */
  record Address(String host, int port) {}

  int port() {
    return server.port();
  }

  String host() {
    return server.host();
  }

  /** Refuses new connections; completes when all clients have their answers or have left. */
  CompletableFuture<Void> leave() {
    server.channel().close().syncUninterruptibly();
    return connections.leave();
  }

  /** Ends at once, whatever is under way. */
  @Override
  public void close() {
    server.disposeNow(Duration.ofMillis(100));
    connections.closeAll();
  }

  private Publisher<Void> handle(HttpServerRequest in, HttpServerResponse out) {
    out.header("date", DATE.format(time.instant()));
    out.header("server", "uvicorn");
    AtomicReference<Channel> channel = new AtomicReference<>();
    in.withConnection(connection -> channel.set(connection.channel()));
    connections.asked(channel.get());
    Request request = request(in);
    return answers
        .apply(request)
        .doOnNext(response -> log(request, response, channel.get()))
        .flatMap(response -> Mono.from(send(response, in, out)))
        .doFinally(end -> connections.answered(channel.get()));
  }

  private void log(Request request, Response response, Channel channel) {
    if (response.status() > 0 && channel.remoteAddress() instanceof InetSocketAddress client) {
      String from = client.getAddress().getHostAddress() + ":" + client.getPort();
      log.answered(from, request.method(), request.path(), response.status());
    }
  }

  private static Request request(HttpServerRequest in) {
    Map<String, String> headers = new LinkedHashMap<>();
    in.requestHeaders()
        .forEach(one -> headers.put(one.getKey().toLowerCase(Locale.ROOT), one.getValue()));
    int query = in.uri().indexOf('?');
    String path = query < 0 ? in.uri() : in.uri().substring(0, query);
    Mono<byte[]> body = in.receive().aggregate().asByteArray().defaultIfEmpty(new byte[0]);
    return new Request(in.method().name(), path, headers, body);
  }

  private static Publisher<Void> send(
      Response response, HttpServerRequest in, HttpServerResponse out) {
    return switch (response) {
      case Response.Whole whole -> send(whole, in, out);
      case Response.Events events -> send(events, in, out);
      case Response.Ended ended -> end(ended.how(), in);
    };
  }

  private static Publisher<Void> send(
      Response.Whole whole, HttpServerRequest in, HttpServerResponse out) {
    byte[] body = whole.body();
    whole.headers().forEach(out::header);
    out.status(whole.status()).header("content-length", Integer.toString(body.length));
    if (whole.contentType() != null) {
      out.header("content-type", whole.contentType());
    }
    out.header("vary", "Origin");
    if (body.length == 0 || in.method().name().equals("HEAD")) {
      return out.send();
    }
    return out.send(Mono.just(Unpooled.wrappedBuffer(body)));
  }

  private static Publisher<Void> send(
      Response.Events events, HttpServerRequest in, HttpServerResponse out) {
    out.status(200)
        .header("content-type", "text/event-stream; charset=utf-8")
        .header("vary", "Origin")
        .chunkedTransfer(true);
    Flux<ByteBuf> bytes =
        events
            .data()
            .onErrorResume(Cut.class, cut -> end(cut.how(), in))
            .map(data -> Unpooled.copiedBuffer("data: " + data + "\n\n", StandardCharsets.UTF_8));
    return out.sendHeaders().send(bytes, buffer -> true);
  }

  /**
   * Ends the connection, by a reset or not; the exchange itself never ends. It goes past the
   * pipeline, which would end the response first.
   */
  private static <T> Mono<T> end(Cut.How how, HttpServerRequest in) {
    in.withConnection(
        connection -> {
          Channel channel = connection.channel();
          if (how == Cut.How.RESET) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
          }
          channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
        });
    return Mono.never();
  }
}
