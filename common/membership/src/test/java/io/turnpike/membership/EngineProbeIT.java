package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.membership.ProbeResult.Verdict;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;

class EngineProbeIT {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration BOUND = Duration.ofSeconds(10);

  private final EngineHttp engines = new EngineHttp(null);
  private final EngineProbe probe = new EngineProbe(engines);
  private @Nullable DisposableServer server;

  @AfterEach
  void close() {
    engines.close();
    if (server != null) {
      server.disposeNow();
    }
  }

  @Test
  void probe_findsModelsVersionAndLoad() {
    URI url = serve(EngineProbeIT::good);
    assertThat(ask(url, true))
        .isInstanceOfSatisfying(
            ProbeResult.Up.class,
            up -> {
              ProbeResult.Identity identity = Objects.requireNonNull(up.identity());
              assertThat(identity.models()).isEqualTo(List.of("tiny", "lora"));
              assertThat(identity.version()).isEqualTo("0.32.0");
              assertThat(Objects.requireNonNull(up.metrics()).processStart()).isEqualTo("12.5");
              assertThat(up.startedAt()).isEqualTo(NOW);
            });
    assertThat(ask(url, false))
        .isInstanceOfSatisfying(ProbeResult.Up.class, up -> assertThat(up.identity()).isNull());
  }

  @Test
  void probe_isRefused_whenNobodyListens() {
    URI url = serve(EngineProbeIT::good);
    Objects.requireNonNull(server).disposeNow();
    assertDown(url, Verdict.REFUSED, "connection refused");
  }

  @Test
  void probe_isCertain_whenTheEngineIsDeadBehindItsServer() {
    assertDown(
        serve(r -> r.get("/health", (_, response) -> response.status(503).send())),
        Verdict.CERTAIN,
        "/health answered 503");
  }

  @Test
  void probe_isDown_whenOnlyHealthAnswers() {
    assertDown(
        serve(r -> r.get("/health", (_, response) -> response.send())),
        Verdict.CERTAIN,
        "/v1/models answered 404");
  }

  @Test
  void probe_timesOut_whenNothingAnswers() {
    assertDown(
        serve(r -> r.get("/health", (_, _) -> Mono.never())),
        Verdict.TIMED_OUT,
        "no answer in time");
  }

  @Test
  void probe_givesUp_whenTheAnswerIsEndless() {
    byte[] part = new byte[1 << 16];
    assertDown(
        serve(
            r ->
                r.get("/health", (_, response) -> response.send())
                    .get(
                        "/v1/models",
                        (_, response) ->
                            response.sendByteArray(
                                reactor.core.publisher.Flux.generate(s -> s.next(part))))),
        Verdict.CERTAIN,
        "/v1/models answered too much");
  }

  @Test
  void probe_isDown_whenModelsAreNoJson() {
    assertDown(
        serve(
            r ->
                r.get("/health", (_, response) -> response.send())
                    .get("/v1/models", (_, response) -> response.sendString(Mono.just("<html>")))),
        Verdict.CERTAIN,
        "/v1/models answered no JSON");
  }

  @Test
  void probe_isUpWithoutModels_whenTheEngineGuardsThem() {
    URI url =
        serve(
            r ->
                r.get("/health", (_, response) -> response.send())
                    .get("/v1/models", (_, response) -> response.status(401).send()));
    assertThat(ask(url, true))
        .isInstanceOfSatisfying(
            ProbeResult.Up.class,
            up -> {
              assertThat(Objects.requireNonNull(up.identity()).models()).isEmpty();
              assertThat(up.metrics()).isNull();
            });
  }

  private static void good(HttpServerRoutes routes) {
    routes
        .get("/health", (_, response) -> response.send())
        .get("/version", (_, r) -> r.sendString(Mono.just("{\"version\":\"0.32.0\"}")))
        .get(
            "/v1/models",
            (_, r) -> r.sendString(Mono.just("{\"data\":[{\"id\":\"tiny\"},{\"id\":\"lora\"}]}")))
        .get("/metrics", (_, r) -> r.sendString(Mono.just("process_start_time_seconds 12.5\n")));
  }

  private void assertDown(URI url, Verdict verdict, String reason) {
    assertThat(ask(url, true))
        .isInstanceOfSatisfying(
            ProbeResult.Down.class,
            down -> {
              assertThat(down.reason()).isEqualTo(reason);
              assertThat(down.verdict()).isEqualTo(verdict);
            });
  }

  private ProbeResult ask(URI url, boolean identity) {
    return Objects.requireNonNull(probe.probe(url, identity, NOW).block(BOUND));
  }

  private URI serve(Consumer<HttpServerRoutes> routes) {
    DisposableServer bound =
        HttpServer.create().host("127.0.0.1").port(0).route(routes).bindNow(BOUND);
    server = bound;
    return URI.create("http://127.0.0.1:" + bound.port());
  }
}
