package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ANSWER;
import static io.turnpike.proxy.OnePair.CHAT;
import static io.turnpike.proxy.OnePair.D;
import static io.turnpike.proxy.OnePair.KEY;
import static io.turnpike.proxy.OnePair.P;
import static io.turnpike.proxy.OnePair.PROXY;
import static io.turnpike.proxy.OnePair.body;
import static io.turnpike.proxy.OnePair.post;
import static io.turnpike.proxy.OnePair.streamed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.gateway.http.BodyMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** HTTP as clients of turns speak it. */
@ExtendWith(LeakWatch.class)
class SurfaceIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @BeforeEach
  void reset() {
    OnePair.reset();
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    OnePair.awaitIdle();
  }

  // --- requests ---

  @Test
  void bodyOverTheLimit_is413_announcedOrNot() {
    Answer announced = post(body("\"x\":\"" + "y".repeat(70_000) + "\""));
    assertThat(announced.status()).isEqualTo(413);
    assertThat(announced.body()).contains("\"body_too_large\"", "65536");
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.raw("POST " + CHAT + " HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
      String piece = "x".repeat(0x8000);
      wire.raw("8000\r\n" + piece + "\r\n8000\r\n" + piece + "\r\n8\r\n" + "12345678" + "\r\n");
      Answer chunked = wire.read("POST");
      assertThat(chunked.status()).isEqualTo(413);
    }
    assertThat(P.seen()).isEmpty();
  }

  @Test
  void bodies_mayTakeAQuarterOfTheHeap_whereNothingIsSaid() {
    assertThat(PROXY.bean(BodyMemory.class).maxBytes())
        .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
  }

  @Test
  void chunkedBody_isTaken() {
    String body = body("");
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.raw("POST " + CHAT + " HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
      wire.raw("5\r\n" + body.substring(0, 5) + "\r\n");
      String rest = body.substring(5);
      wire.raw(Integer.toHexString(rest.length()) + "\r\n" + rest + "\r\n0\r\n\r\n");
      assertThat(wire.read("POST").body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void gzipBody_isUnpacked_andGoesOnPlain() throws IOException {
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, gzip(body("\"n\":2")), "content-encoding: gzip");
      assertThat(wire.read("POST").status()).isEqualTo(200);
    }
    assertThat(D.last().body()).contains("\"n\":2");
    assertThat(D.last().headers().contains("content-encoding")).isFalse();
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, gzip("[" + " ".repeat(1 << 20)), "content-encoding: gzip");
      assertThat(wire.read("POST").status()).isEqualTo(413);
    }
    assertThat(post("no gzip at all", "content-encoding: gzip").status()).isEqualTo(400);
    assertThat(post(body(""), "content-encoding: br").status()).isEqualTo(415);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":                     | invalid_json  | body",
        "[]                              | invalid_json  | body",
        "''                              | invalid_json  | body",
        "{\"model\":\"m\"}               | missing_field | messages",
        "{\"messages\":\"hi\"}           | invalid_field | messages",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"stream\":7}  | invalid_field |"
            + " stream",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"n\":\"two\"} | invalid_field | n",
      })
  void badBody_isA400_thatNamesTheField(String body, String code, String field) {
    Answer answer = post(body);
    assertThat(answer.status()).isEqualTo(400);
    JsonNode error = JSON.readTree(answer.body()).path("error");
    assertThat(error.path("code").asString()).isEqualTo(code);
    assertThat(error.path("message").asString()).contains(field);
    assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
    assertThat(P.seen()).isEmpty();
  }

  @Test
  void unknownPath_is404_inTheSameShape() {
    for (String path : List.of("/v1/nothing", "/v1/chat", "/nothing")) {
      Answer answer = post(body(""), "x: y");
      assertThat(answer.status()).isEqualTo(200);
      Answer unknown = Wire.post(PROXY.port(), path, body(""), KEY);
      assertThat(unknown.status()).as(path).isEqualTo(404);
      assertThat(unknown.body()).contains("\"unknown_path\"");
    }
  }

  @Test
  void wrongMethod_is405_andNamesTheRightOne() {
    Answer get = Wire.get(PROXY.port(), CHAT);
    assertThat(get.status()).isEqualTo(405);
    assertThat(get.header("allow")).isEqualTo("POST");
    assertThat(get.body()).contains("\"method_not_allowed\"");
    Answer delete = Wire.call(PROXY.port(), "DELETE", "/v1/models", "", KEY);
    assertThat(delete.status()).isEqualTo(405);
    assertThat(delete.header("allow")).contains("GET");
  }

  @Test
  void connectionLives_afterARefusalOfARequestWithABody() {
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("PUT", CHAT, "x".repeat(20_000));
      assertThat(wire.read("PUT").status()).isEqualTo(405);
      wire.send("POST", CHAT, body(""));
      assertThat(wire.read("POST").status()).isEqualTo(200);
    }
  }

  @Test
  void headOfTheRoot_works() {
    Answer head = Wire.call(PROXY.port(), "HEAD", "/", "", KEY);
    assertThat(head.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"//v1/chat/completions", "/v1//chat/completions", CHAT + "?beta=true"})
  void oddTargets_areServed(String target) {
    assertThat(Wire.post(PROXY.port(), target, body("")).body()).isEqualTo(ANSWER);
    assertThat(P.last().path()).isEqualTo(CHAT);
  }

  @Test
  void slashAtTheEnd_isNone() {
    assertThat(Wire.get(PROXY.port(), "/v1/models/").status()).isEqualTo(200);
    assertThat(Wire.get(PROXY.port(), "/mode/", KEY).status()).isEqualTo(200);
    assertThat(Wire.get(PROXY.port(), "/health//").status()).isEqualTo(200);
  }

  @Test
  void pagesOfOtherOrigins_mayAskForTurnsAndModels_asAtVllm() {
    String[] asked = {
      "origin: http://page.example",
      "access-control-request-method: POST",
      "access-control-request-headers: authorization, content-type"
    };
    Answer preflight = Wire.call(PROXY.port(), "OPTIONS", CHAT, "", asked);
    assertThat(preflight.status()).isEqualTo(200);
    assertThat(preflight.header("access-control-allow-origin")).isEqualTo("*");
    assertThat(preflight.header("access-control-allow-methods")).contains("POST");
    assertThat(preflight.header("access-control-allow-headers"))
        .isEqualTo("authorization, content-type");
    assertThat(preflight.header("access-control-max-age")).isEqualTo("600");
    Answer models = Wire.call(PROXY.port(), "OPTIONS", "/v1/models", "", asked);
    assertThat(models.status()).isEqualTo(200);
    assertThat(models.header("access-control-allow-origin")).isEqualTo("*");
    assertThat(Wire.get(PROXY.port(), "/v1/models", asked[0]).header("access-control-allow-origin"))
        .isEqualTo("*");
    for (String body : List.of(body(""), streamed(), "[")) {
      assertThat(post(body, asked[0]).header("access-control-allow-origin")).isEqualTo("*");
    }
    assertThat(post(body("")).headers()).doesNotContainKey("access-control-allow-origin");
    assertThat(Wire.call(PROXY.port(), "OPTIONS", CHAT, "").status()).isEqualTo(405);
    assertThat(Wire.get(PROXY.port(), "/mode", KEY, asked[0]).headers())
        .doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void doubledSlash_findsTheModelsToo() {
    assertThat(Wire.get(PROXY.port(), "/v1//models").status()).isEqualTo(200);
    assertThat(Wire.get(PROXY.port(), "//v1/models?x=1").status()).isEqualTo(200);
  }

  @Test
  void expectContinue_isAnswered_andTheBodyIsTaken() {
    String body = body("");
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.raw(
          "POST %s HTTP/1.1\r\nhost: t\r\ncontent-length: %d\r\nexpect: 100-continue\r\n\r\n"
              .formatted(CHAT, body.length()));
      assertThat(wire.readHead().status()).isEqualTo(100);
      wire.raw(body);
      assertThat(wire.read("POST").body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void upgradeToH2c_isIgnored() {
    Answer answer =
        post(
            body(""),
            "connection: Upgrade, HTTP2-Settings",
            "upgrade: h2c",
            "http2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA");
    assertThat(answer.body()).isEqualTo(ANSWER);
    assertThat(P.last().headers().contains("upgrade")).isFalse();
    assertThat(P.last().headers().contains("http2-settings")).isFalse();
  }

  @Test
  void headers_areForwardedByAList() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    post(
        body(""),
        "authorization: Bearer secret-of-a-client",
        "traceparent: " + trace,
        "cookie: a=b",
        "x-forwarded-for: 1.2.3.4",
        "x-data-parallel-rank: 7",
        "x-request-id: mine-1");
    for (HttpHeaders headers : List.of(P.last().headers(), D.last().headers())) {
      assertThat(headers.get("traceparent")).isEqualTo(trace);
      assertThat(headers.get("x-request-id")).isEqualTo("mine-1");
      assertThat(headers.contains("authorization")).isFalse();
      assertThat(headers.contains("cookie")).isFalse();
      assertThat(headers.contains("x-forwarded-for")).isFalse();
      assertThat(headers.contains("x-data-parallel-rank")).isFalse();
      assertThat(headers.getAll("content-type")).containsExactly("application/json");
    }
  }

  @Test
  void stream_hasTheHeadersThatKeepItFromBeingBuffered() {
    Answer answer = post(streamed());
    assertThat(answer.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
    assertThat(answer.header("cache-control")).isEqualTo("no-cache");
    assertThat(answer.header("x-accel-buffering")).isEqualTo("no");
    assertThat(answer.header("x-turnpike-route")).isEqualTo("disaggregated");
    assertThat(answer.header("x-turnpike-prefill")).isEqualTo("p");
    assertThat(answer.header("x-turnpike-decode")).isEqualTo("d");
    assertThat(answer.header("x-turnpike-receipt")).matches("[0-9a-f]{32}");
    assertThat(answer.header("server-timing")).matches("prefill;dur=[0-9.]+, decode;dur=[0-9.]+");
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(UTF_8));
    }
    return packed.toByteArray();
  }
}
