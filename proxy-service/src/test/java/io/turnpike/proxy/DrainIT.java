package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ROLE;
import static io.turnpike.fixtures.gateway.ScriptedEngine.STOP;
import static io.turnpike.fixtures.gateway.ScriptedEngine.content;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsThenSilence;
import static io.turnpike.proxy.OnePair.CHAT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.ScriptedEngine.Script;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.running.RunningGateway;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** A proxy that is told to stop: new turns are refused, streams end in their own time. */
class DrainIT {

  private static final int BOUND_SECONDS = 20;

  @Test
  void newTurnsAreRefused_andAStreamEndsWhole() throws Exception {
    Sinks.Many<String> rest = Sinks.many().unicast().onBackpressureBuffer();
    try (ScriptedEngine engine = ScriptedEngine.start("d", "tiny")) {
      engine.next(streams(rest.asFlux()));
      RunningGateway proxy = proxy(engine, "10s");
      int port = proxy.port();
      try (Wire stream = Wire.open(port)) {
        stream.send("POST", CHAT, body());
        send(rest, ROLE, content("first"));
        assertThat(stream.readHead().status()).isEqualTo(200);
        Eventually.until("content is here", () -> stream.readLine().contains("first"));

        CompletableFuture<Void> stopping = CompletableFuture.runAsync(proxy::close);
        Eventually.until("new turns are refused", () -> isRefused(port));
        assertThat(stopping).as("it waits for the stream").isNotDone();
        send(rest, content("last"), STOP, "[DONE]");
        rest.tryEmitComplete().orThrow();
        Eventually.until("all of it came", () -> stream.readLine().contains("[DONE]"));
        Eventually.until("the body ends as HTTP wants", () -> stream.readLine().equals("0"));
        stopping.get(BOUND_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void streamThatNeverEnds_isCutWhenTheTimeIsOver() throws Exception {
    try (ScriptedEngine engine = ScriptedEngine.start("d", "tiny")) {
      engine.next(eventsThenSilence(ROLE, content("first")));
      RunningGateway proxy = proxy(engine, "1s");
      try (Wire stream = Wire.open(proxy.port())) {
        stream.send("POST", CHAT, body());
        assertThat(stream.readHead().status()).isEqualTo(200);
        CompletableFuture.runAsync(proxy::close).get(BOUND_SECONDS, TimeUnit.SECONDS);
        Eventually.until("the engine is let go", () -> engine.abandoned() == 1);
      }
    }
  }

  /** Connections are refused, or a turn on one is answered 503. */
  private static boolean isRefused(int port) {
    try (Wire wire = Wire.open(port)) {
      wire.send("GET", "/health", "");
      return wire.read("GET").status() == 503;
    } catch (UncheckedIOException refused) {
      return true;
    }
  }

  private static RunningGateway proxy(ScriptedEngine engine, String patience) {
    return RunningGateway.startReady(
        ProxyApplication.class,
        "turnpike.cluster.decode-urls=" + engine.listed(),
        "spring.lifecycle.timeout-per-shutdown-phase=" + patience);
  }

  private static Script streams(Flux<String> events) {
    return (engine, request, response) ->
        response
            .header("content-type", "text/event-stream")
            .send(
                events.map(data -> Unpooled.copiedBuffer("data: " + data + "\n\n", UTF_8)),
                buffer -> true);
  }

  private static void send(Sinks.Many<String> events, String... data) {
    for (String one : data) {
      events.tryEmitNext(one).orThrow();
    }
  }

  private static String body() {
    return "{\"model\":\"tiny\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
  }
}
