package io.turnpike.e2e;

import static io.turnpike.e2e.SuiteStack.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.SuiteStack.Turn;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** One real vLLM engine keeps the prefix caches of two callers apart, by the salt it is given. */
@EnabledIfEnvironmentVariable(named = "TURNPIKE_REAL_ENGINES", matches = ".+")
class RealIsolationIT {

  @TempDir private static Path folder;
  private static SuiteStack suite;
  private static URI gateway;

  @BeforeAll
  static void start() throws Exception {
    Path callers =
        Files.writeString(
            folder.resolve("callers.yaml"),
            "callers:\n  - {id: alice, sha256: %s}\n  - {id: bob, sha256: %s}\n"
                .formatted(hash("tp-alices"), hash("tp-bobs")));
    suite = RealEngines.oneReplica("{turnpike.callers.file: \"" + callers + "\"}");
    gateway = suite.stack.url("replication");
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

  @Test
  void samePrompt_isCachedForItsCaller_andForNobodyElse() {
    String body = chat(4, false, "The road was long. ".repeat(60)).replace("turnpike-sim", "tiny");
    body = body.replace("\"stream\"", "\"temperature\":0,\"stream\"");
    Turn first = turn(body, "tp-alices");
    Turn others = turn(body, "tp-bobs");
    Turn again = turn(body, "tp-alices");
    System.out.printf(
        "prompt %d tokens; cached: first %d, another caller %d, the same caller %d%n",
        first.promptTokens(), first.cachedTokens(), others.cachedTokens(), again.cachedTokens());
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.cachedTokens()).isZero();
    assertThat(others.cachedTokens()).as("another caller").isZero();
    assertThat(again.cachedTokens()).as("the same caller").isGreaterThan(64);
    String mixed = body.replace("\"stream\"", "\"cache_salt\":\"mine\",\"stream\"");
    assertThat(turn(mixed, "tp-alices").cachedTokens()).as("parted by the caller").isZero();
    assertThat(turn(mixed, "tp-alices").cachedTokens()).isGreaterThan(64);
    assertThat(List.of(others.text(), again.text())).containsOnly(first.text());
  }

  private static Turn turn(String body, String key) {
    return suite.turn(gateway, body, "authorization", "Bearer " + key);
  }
}
