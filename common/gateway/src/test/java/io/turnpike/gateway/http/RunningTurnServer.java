package io.turnpike.gateway.http;

import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** Reactor Netty's server with scripted turns in front, on real sockets. */
abstract class RunningTurnServer {

  static final Duration LONG = Duration.ofSeconds(60);
  static final Duration SHORT = Duration.ofMillis(80);
  static final int MAX_BODY = 1024 * 1024;

  final LoopResources loops = LoopResources.create("test", 1, true);
  final Sinks.Empty<Void> held = Sinks.empty();
  BodyMemory memory = new BodyMemory(64L << 20, 100);
  @Nullable DisposableServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.disposeNow(Duration.ofSeconds(2));
    }
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
  }

  /** All but turns: {@code /hold} is answered when the test says so. */
  Mono<Void> web(HttpServerRequest request, HttpServerResponse response) {
    Mono<String> text = Mono.just("web " + request.uri());
    return response
        .header("content-length", String.valueOf(4 + request.uri().length()))
        .sendString(request.uri().equals("/hold") ? held.asMono().then(text) : text)
        .then();
  }

  int start(ScriptedTurns turns) {
    return start(turns, limits(LONG, LONG, LONG));
  }

  int start(ScriptedTurns turns, ClientLimits limits) {
    DisposableServer bound =
        new TurnServer(turns, limits, memory, System::nanoTime)
            .apply(HttpServer.create().runOn(loops).host("127.0.0.1").port(0))
            .channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE)) // as Boot does
            .handle(this::web)
            .bindNow();
    server = bound;
    return bound.port();
  }

  static ClientLimits limits(Duration uploadIdle, Duration stalled, Duration keepAlive) {
    Duration drain = Duration.ofSeconds(5);
    return new ClientLimits(
        MAX_BODY, 64 * 1024, 64L << 20, uploadIdle, 1024, drain, stalled, keepAlive);
  }

  int port() {
    DisposableServer bound = server;
    return bound == null ? 0 : bound.port();
  }
}
