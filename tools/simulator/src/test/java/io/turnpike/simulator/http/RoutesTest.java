package io.turnpike.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.wire.Json;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Which request is let in, and by which route. */
class RoutesTest {

  private final SocketlessEngine engine =
      new SocketlessEngine(SimulatorOptions.DEFAULT.withApiKey("secret").withModel("demo"));

  @AfterEach
  void stop() {
    engine.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nowhere,404",
    "POST,/health,405",
    "GET,/v1/chat/completions,405",
    "HEAD,/health,405",
    "GET,/health,200",
    "POST,/ping,200",
    "GET,/version,200",
    "GET,/metrics,200",
    "POST,/reset_prefix_cache,200",
    "GET,/v1/models,401",
    "POST,/v1/completions,401",
    "GET,/sim/state,200",
    "GET,/sim/fault,404",
    "DELETE,/sim/fault,200"
  })
  void requests_areLetInByPathAndMethod_andBelowV1ByTheKey(String method, String path, int status) {
    assertThat(engine.send(method, path, "").status()).isEqualTo(status);
  }

  @Test
  void aWrongMethod_isToldTheRightOne() {
    Response.Whole answer = (Response.Whole) engine.send("DELETE", "/ping", "");
    assertThat(answer.headers()).containsExactly(Map.entry("allow", "GET"));
    assertThat(answer.text()).isEqualTo("{\"detail\":\"Method Not Allowed\"}");
  }

  @ParameterizedTest
  @CsvSource({"Bearer secret,200", "Bearer other,401", "secret,401"})
  void theKey_isABearerToken(String authorization, int status) {
    Request request =
        new Request(
            "GET", "/v1/models", Map.of("authorization", authorization), Mono.just(new byte[0]));
    Response answer = engine.service.handle(request).block(SocketlessEngine.PATIENCE);
    assertThat(answer).isNotNull();
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void faults_goBeforeRoutesAndKeys() {
    engine.send("POST", "/sim/fault", "{\"kind\":\"refuse\"}");
    assertThat(engine.send("GET", "/nowhere", "").status()).isZero();
    assertThat(engine.send("GET", "/nowhere", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"{\"kind\":\"sulk\"},400", "nonsense,400", "[],400", "{\"kind\":\"die\"},200"})
  void faults_areReadOrRefused(String body, int status) {
    assertThat(engine.send("POST", "/sim/fault", body).status()).isEqualTo(status);
  }

  @Test
  void state_remembersRequests_whoeverSentThem() {
    Request request =
        new Request(
            "POST",
            "/v1/completions",
            Map.of("authorization", "Bearer secret", "content-type", "application/json"),
            Mono.just(
                "{\"prompt\":\"a\",\"max_tokens\":2}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    engine.service.handle(request).block(SocketlessEngine.PATIENCE);
    var seen = engine.state().path("requests");
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).path("path").asString()).isEqualTo("/v1/completions");
    assertThat(seen.get(0).path("body").asString()).contains("\"prompt\"");
    assertThat(Json.MAPPER.writeValueAsString(seen.get(0).path("headers")))
        .contains("content-type");
  }
}
