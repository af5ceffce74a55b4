package io.turnpike.bench.client;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * A server under load. Nothing is retried and nothing waits for a connection unless a bounded pool
 * was asked for. One event loop. Thread-safe; {@link #send} may be called from any thread.
 */
public final class Endpoint implements AutoCloseable {

  /** Idle connections go before a server's own limit (uvicorn's is 5 s) can break a request. */
  private static final Duration IDLE = Duration.ofSeconds(4);

  private static final int MOST_ERROR_BYTES = 4096;

  private final EndpointOptions options;
  private final ConnectionProvider connections;
  private final LoopResources loops;
  private final EventLoop loop;
  private final HttpClient client;
  private final ConcurrentHashMap<Integer, Disposable> underWay = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<Long> loopThreads = new CopyOnWriteArrayList<>();

  /** Opens nothing yet. */
  public Endpoint(EndpointOptions options) {
    this.options = options;
    connections =
        ConnectionProvider.builder("bench")
            .maxConnections(options.connections())
            .pendingAcquireMaxCount(-1)
            .pendingAcquireTimeout(options.total())
            .maxIdleTime(IDLE)
            .lifo()
            .build();
    loops = LoopResources.create("bench", 1, true);
    loop = loops.onClient(LoopResources.hasNativeSupport()).next();
    loop.execute(() -> loopThreads.add(Thread.currentThread().threadId()));
    client =
        HttpClient.create(connections)
            .runOn(loops)
            .baseUrl(options.url().toString().replaceAll("/+$", ""))
            .disableRetry(true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(options.connectTimeout().toMillis()))
            .responseTimeout(options.silence());
  }

  /** How the server is reached. */
  public EndpointOptions options() {
    return options;
  }

  /**
   * Sends a request as soon as the event loop gets to it.
   *
   * @param scheduledNanos when it was due
   * @param gaps gets the time between each two chunks with text
   * @param measured gets what became of it, once, on the event loop
   */
  public void send(
      Request request, long scheduledNanos, LongConsumer gaps, Consumer<Measurement> measured) {
    loop.execute(
        () -> {
          Exchange exchange = new Exchange(request, scheduledNanos, System.nanoTime(), gaps);
          Disposable running =
              exchange(exchange)
                  .timeout(options.total())
                  .onErrorResume(e -> Mono.just(exchange.failed(e, System.nanoTime())))
                  .doOnCancel(() -> measured.accept(interrupted(exchange)))
                  .doFinally(signal -> underWay.remove(request.index()))
                  .subscribe(measured);
          if (!running.isDisposed()) {
            underWay.put(request.index(), running);
          }
        });
  }

  /** Gives up on what is under way; each is measured as interrupted. */
  public void interrupt() {
    loop.execute(() -> List.copyOf(underWay.values()).forEach(Disposable::dispose));
  }

  /** CPU time of the event loop so far, ns; 0 if the JVM cannot say. */
  public long cpuNanos() {
    var threads = ManagementFactory.getThreadMXBean();
    return loopThreads.stream().mapToLong(id -> Math.max(0, threads.getThreadCpuTime(id))).sum();
  }

  @Override
  public void close() {
    connections.disposeLater().block(Duration.ofSeconds(2));
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(Duration.ofSeconds(2));
  }

  private static Measurement interrupted(Exchange exchange) {
    return exchange.failed(Failure.Kind.INTERRUPTED, "the run was stopped", System.nanoTime());
  }

  private Mono<Measurement> exchange(Exchange exchange) {
    return client
        .post()
        .uri(exchange.request().path())
        .send((request, outbound) -> write(exchange, request, outbound))
        .response((response, body) -> read(exchange, response, body))
        .singleOrEmpty();
  }

  private NettyOutbound write(
      Exchange exchange, HttpClientRequest request, NettyOutbound outbound) {
    byte[] body = exchange.request().body();
    request.header(HttpHeaderNames.CONTENT_TYPE, "application/json");
    request.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
    if (options.apiKey() != null) {
      request.header(HttpHeaderNames.AUTHORIZATION, "Bearer " + options.apiKey());
    }
    if (!exchange.request().session().isEmpty()) {
      request.header("X-Session-ID", exchange.request().session());
    }
    exchange.sent(System.nanoTime());
    return outbound.sendObject(Unpooled.wrappedBuffer(body));
  }

  private static Mono<Measurement> read(
      Exchange exchange, HttpClientResponse response, ByteBufFlux body) {
    exchange.answered(response);
    if (!exchange.isOk()) {
      return body.aggregate()
          .asString()
          .defaultIfEmpty("")
          .map(text -> text.substring(0, Math.min(text.length(), MOST_ERROR_BYTES)))
          .map(text -> exchange.ended(text, System.nanoTime()));
    }
    return body.doOnNext(bytes -> exchange.meter().read(bytes, System.nanoTime()))
        .then(Mono.fromSupplier(() -> exchange.ended("", System.nanoTime())));
  }
}
