package io.turnpike.e2e;

import static io.turnpike.e2e.SuiteStack.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.SuiteStack.Turn;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two proxies that want keys, over engines that keep caches apart by their salt. */
class CallersIT {

  private static final String ALICE = "Bearer tp-alices";
  private static final String BOB = "Bearer tp-bobs";
  private static final String CAROL = "Bearer tp-carols";

  /** Turns that one caller may begin at once. */
  private static final int BURST = 6;

  @TempDir private static Path folder;
  private static SuiteStack suite;
  private static URI a;
  private static URI b;

  @BeforeAll
  static void start() throws Exception {
    Path callers =
        Files.writeString(
            folder.resolve("callers.yaml"),
            """
            callers:
              - {id: alice, sha256: %s}
              - {id: bob, sha256: %s}
              - {id: carol, sha256: %s, limits: {requests-per-second: 0.001, burst: %d}}
            """
                .formatted(hash("tp-alices"), hash("tp-bobs"), hash("tp-carols"), BURST));
    String properties = "{turnpike.callers.file: \"" + callers + "\", turnpike.redis.patience: 2s}";
    suite =
        SuiteStack.of(
            """
            mode: ppd
            proxies:
              - properties: %s
              - properties: %s
            replication: none
            engines: {speed: 1, prefill: 1, decode: 1, replicas: 0}
            """
                .formatted(properties, properties));
    a = suite.proxies().get(0);
    b = suite.proxies().get(1);
  }

  @AfterAll
  static void stop() {
    if (suite != null) {
      suite.stack.close();
    }
  }

  private static String hash(String secret) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8)));
  }

  private static Turn turn(URI proxy, String key, String... messages) {
    return suite.turn(proxy, chat(8, false, messages), "authorization", key);
  }

  private static String story(String about) {
    return "Tell me a long story about a " + about + ". " + "It was a dark night. ".repeat(40);
  }

  @Test
  void conversation_isItsCallersAlone_atBothProxies_andSoIsTheCache() {
    String first = story("toll gate");
    Turn one = turn(a, ALICE, first);
    assertThat(one.header("route")).isEqualTo("disaggregated");
    Turn two = turn(b, ALICE, first, one.text(), "And then?");
    assertThat(two.header("route")).isEqualTo("decode-direct");
    assertThat(two.cachedTokens()).isGreaterThan(64);

    Turn bobs = turn(b, BOB, first, one.text(), "And then?");
    assertThat(bobs.status()).isEqualTo(200);
    assertThat(bobs.header("turn")).isEqualTo("1");
    assertThat(bobs.cachedTokens()).as("nothing of alice's").isZero();
    assertThat(bobs.text()).isEqualTo(two.text());
    Turn again = turn(a, BOB, first, one.text(), "And then?");
    assertThat(again.cachedTokens()).as("his own").isGreaterThan(64);
  }

  @Test
  void whoHasNoKey_getsNothing_butOperatorsHaveTheirs() throws IOException {
    assertThat(suite.post(a, "/v1/chat/completions", chat(8, false, "x")).statusCode())
        .isEqualTo(401);
    assertThat(suite.get(a, "/status").at("/error/code").asString()).isEqualTo("invalid_api_key");
    Path logs = Objects.requireNonNull(suite.stack.log("proxy-1").getParent());
    Path key = logs.resolveSibling("admin-key");
    assertThat(Files.getPosixFilePermissions(key)).hasSize(2);
    String operator = "Bearer " + Files.readString(key).strip();
    assertThat(suite.post(b, "/mode/ppd", "", "authorization", operator).statusCode())
        .isEqualTo(200);
    try (Stream<Path> all = Files.list(logs)) {
      assertThat(all)
          .allSatisfy(log -> assertThat(Files.readString(log)).doesNotContain("tp-alices"));
    }
  }

  @Test
  void limitsOfACaller_countOverBothProxies() {
    int given = 0;
    for (URI proxy : new URI[] {a, b}) {
      int tries = 0;
      while (tries < (proxy.equals(a) ? BURST - 2 : 3 * BURST)) {
        Turn turn = turn(proxy, CAROL, "Say " + proxy + tries++);
        if (turn.status() == 429) {
          assertThat(turn.answer().headers().firstValueAsLong("retry-after").orElse(0))
              .isPositive();
          break;
        }
        assertThat(turn.status()).isEqualTo(200);
        given++;
      }
    }
    assertThat(given)
        .as("one burst, and what the second proxy gave out before it heard of the first")
        .isBetween(BURST, 2 * BURST - 3);
  }
}
