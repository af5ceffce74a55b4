package io.turnpike.proxy;

import static io.turnpike.proxy.OnePair.CHAT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.admission.Admission;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.ScriptedEngine.Seen;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A proxy that wants keys, between two engines. */
@ExtendWith({OutputCaptureExtension.class, LeakWatch.class})
class KeysIT {

  private static final String ALICE = "authorization: Bearer tp-alices-own";
  private static final String BOB = "authorization: Bearer tp-bobs-own";
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private static Path folder;
  private static Path callers = Path.of("");
  private static ScriptedEngine prefill;
  private static ScriptedEngine decode;
  private static RunningGateway proxy;
  private static int turns;

  @BeforeAll
  static void start() throws Exception {
    callers = Files.writeString(folder.resolve("callers.yaml"), listed("alice", "bob"));
    prefill = ScriptedEngine.start("p", "tiny");
    decode = ScriptedEngine.start("d", "tiny");
    proxy =
        RunningGateway.startReady(
            ProxyApplication.class,
            "turnpike.cluster.prefill-urls=" + prefill.listed(),
            "turnpike.cluster.decode-urls=" + decode.listed(),
            "turnpike.proxy.mode=pd",
            "turnpike.engine.api-key=engines-own",
            "turnpike.callers.file=" + callers,
            "turnpike.callers.reload=10ms",
            "turnpike.gateway.admin-key-file=" + folder.resolve("state/admin-key"),
            "turnpike.gateway.access-log=true",
            "turnpike.cors.origins=https://chat.example",
            "turnpike.cors.control-origins=https://ops.example");
  }

  @AfterAll
  static void stop() {
    proxy.close();
    prefill.close();
    decode.close();
  }

  @BeforeEach
  void reset() {
    prefill.reset();
    decode.reset();
    proxy.forget();
  }

  private static String listed(String... ids) {
    StringBuilder yaml = new StringBuilder("callers:\n");
    for (String id : ids) {
      yaml.append("  - id: ")
          .append(id)
          .append("\n    sha256: ")
          .append(hash("tp-" + id + "s-own"));
      yaml.append(
          switch (id) {
            case "alice" -> "\n    priority: true\n    admin: true\n";
            case "bob" ->
                "\n    models: [tiny]\n    limits: {requests-per-second: 0.01, burst: 1000,"
                    + " tokens-per-minute: 100000}\n";
            default -> "\n    limits: {requests-per-second: 0.1, burst: 1}\n";
          });
    }
    return yaml.toString();
  }

  private static String hash(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(secret.getBytes(UTF_8)));
    } catch (java.security.NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static String body(String model, String more) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Say %d\"}]%s}"
        .formatted(model, ++turns, more.isEmpty() ? "" : "," + more);
  }

  private static Answer post(String more, String... headers) {
    return Wire.post(proxy.port(), CHAT, body("tiny", more), headers);
  }

  // --- who may ask ---

  @Test
  void turns_needAKey() {
    assertThat(post("", ALICE).status()).isEqualTo(200);
    for (String[] wrong :
        new String[][] {
          {},
          {"authorization: Bearer tp-mallorys-own"},
          {"authorization: Basic dHAtYWxpY2VzLW93bg=="},
          {ALICE, BOB},
        }) {
      Answer answer = post("", wrong);
      assertThat(answer.status()).as(String.join("; ", wrong)).isEqualTo(401);
      assertThat(answer.body()).contains("\"invalid_api_key\"", "\"authentication_error\"");
      assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    }
    assertThat(decode.seen()).hasSize(1);
    assertThat(Wire.get(proxy.port(), "/v1/models").status()).isEqualTo(401);
    assertThat(Wire.get(proxy.port(), "/health").status()).isEqualTo(200);
  }

  @Test
  void models_areThoseOfTheKey() {
    Answer other = Wire.post(proxy.port(), CHAT, body("huge", ""), BOB);
    assertThat(other.status()).isEqualTo(403);
    assertThat(other.body()).contains("\"model_not_allowed\"", "huge");
    Answer none =
        Wire.post(
            proxy.port(), CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", BOB);
    assertThat(none.status()).isEqualTo(403);
    assertThat(prefill.seen()).isEmpty();
    assertThat(Wire.get(proxy.port(), "/v1/models", BOB).body()).contains("\"tiny\"");
  }

  @Test
  void change_ofTheFile_countsWithoutARestart() throws IOException {
    String carol = "authorization: Bearer tp-carols-own";
    assertThat(post("", carol).status()).isEqualTo(401);
    replace(listed("alice", "bob", "carol"));
    Eventually.until("carol may ask", () -> post("", carol).status() == 200);
    Answer second = post("", carol);
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.header("x-ratelimit-limit-requests")).isEqualTo("1");
    assertThat(second.header("x-ratelimit-remaining-requests")).isEqualTo("0");
    assertThat(Integer.parseInt(second.header("retry-after"))).isBetween(5, 10);
    replace(listed("alice", "bob"));
    Eventually.until("carol may not", () -> post("", carol).status() == 401);
  }

  private static void replace(String yaml) throws IOException {
    Path aside = Files.writeString(folder.resolve("next.yaml"), yaml);
    Files.move(aside, callers, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  // --- what engines see ---

  @Test
  void keyOfACaller_reachesNoEngineAndNoLog_andOursDoes(CapturedOutput output) {
    assertThat(post("", ALICE).status()).isEqualTo(200);
    for (Seen leg : List.of(prefill.last(), decode.last())) {
      assertThat(leg.headers().getAll("authorization")).containsExactly("Bearer engines-own");
      assertThat(leg.headers().entries().toString() + leg.body()).doesNotContain("alices-own");
    }
    Eventually.until("its line", () -> output.getAll().contains("outcome="));
    assertThat(output.getAll()).doesNotContain("alices-own");
    assertThat(admin("/receipts").toString()).contains("\"caller\":\"alice\"");
    assertThat(admin("/receipts").toString()).doesNotContain("alices-own");
  }

  @Test
  void prefixCaches_arePartedByCaller() {
    post("", ALICE);
    String ofAlice = salt(decode.last());
    assertThat(salt(prefill.last())).isEqualTo(ofAlice);
    post("\"cache_salt\":\"mine\"", ALICE);
    String mixed = salt(decode.last());
    assertThat(salt(prefill.last())).isEqualTo(mixed);
    post("", BOB);
    assertThat(List.of("mine", ofAlice, mixed, salt(decode.last()))).doesNotHaveDuplicates();
    post("", ALICE);
    assertThat(salt(decode.last())).isEqualTo(ofAlice);
  }

  private static String salt(Seen leg) {
    return JSON.readTree(leg.body()).path("cache_salt").asString();
  }

  @Test
  void urgency_isForWhoMaySayIt() {
    post("\"priority\":-5", ALICE, "x-vllm-priority: -5");
    assertThat(decode.last().body()).contains("\"priority\":-5");
    assertThat(decode.last().headers().get("x-vllm-priority")).isEqualTo("-5");
    assertThat(post("\"priority\":-5", BOB, "x-vllm-priority: -5").status()).isEqualTo(200);
    for (Seen leg : List.of(prefill.last(), decode.last())) {
      assertThat(leg.body()).doesNotContain("priority");
      assertThat(leg.headers().contains("x-vllm-priority")).isFalse();
    }
  }

  // --- what is told ---

  @Test
  void answers_tellWhatIsLeftOfTheKeysLimits() {
    Answer answer = post("\"max_tokens\":500", BOB);
    assertThat(answer.header("x-ratelimit-limit-requests")).isEqualTo("1000");
    assertThat(answer.header("x-ratelimit-limit-tokens")).isEqualTo("100000");
    long during = Long.parseLong(answer.header("x-ratelimit-remaining-tokens"));
    assertThat(during).as("500 tokens of an answer are taken first").isLessThan(99_505);
    Eventually.until("it is over", () -> proxy.bean(Admission.class).turns() == 0);
    long after = Long.parseLong(post("", BOB).header("x-ratelimit-remaining-tokens"));
    assertThat(after).as("of which few were used").isGreaterThan(99_800);
  }

  @Test
  void refusals_areKeptAndCounted() {
    post("");
    Wire.post(proxy.port(), CHAT, body("huge", ""), BOB);
    Wire.post(proxy.port(), CHAT, "[", ALICE);
    List<String> kept =
        admin("/receipts/refused")
            .valueStream()
            .map(one -> one.path("caller").asString("-") + " " + one.path("code").asString())
            .toList();
    assertThat(kept).endsWith("- invalid_api_key", "bob model_not_allowed", "alice invalid_json");
    String metrics = Wire.get(proxy.managementPort(), "/actuator/prometheus").body();
    for (String code : List.of("invalid_api_key", "model_not_allowed", "invalid_json")) {
      assertThat(metrics).contains("turnpike_refusals_total{code=\"" + code + "\"");
    }
  }

  // --- who may steer ---

  @Test
  void controlEndpoints_wantTheAdminKey_whichWasMade() throws IOException {
    Path file = folder.resolve("state/admin-key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String key = "authorization: Bearer " + Files.readString(file).strip();
    assertThat(Wire.get(proxy.port(), "/status").status()).isEqualTo(401);
    assertThat(Wire.get(proxy.port(), "/status", BOB).status()).isEqualTo(401);
    assertThat(Wire.get(proxy.port(), "/status", key).status()).isEqualTo(200);
    assertThat(Wire.get(proxy.port(), "/status", ALICE).status()).isEqualTo(200);
    assertThat(post("", key).status()).as("it opens turns too").isEqualTo(200);
  }

  @Test
  void whoIsKeptOut_isCountedByReason() {
    double keys = refusals("invalid_api_key");
    double pages = refusals("origin_not_allowed");
    String evil = "origin: https://evil.example";
    assertThat(Wire.get(proxy.port(), "/status", BOB).status()).isEqualTo(401);
    assertThat(Wire.get(proxy.port(), "/v1/models").status()).isEqualTo(401);
    assertThat(Wire.post(proxy.port(), "/mode/pd", "", ALICE, evil).body())
        .contains("\"origin_not_allowed\"");
    assertThat(Wire.get(proxy.port(), "/nowhere", ALICE).status()).isEqualTo(404);
    assertThat(refusals("invalid_api_key") - keys).isEqualTo(2);
    assertThat(refusals("origin_not_allowed") - pages).isEqualTo(1);
    assertThat(refusals("unknown_path")).as("kept out of nothing").isZero();
  }

  private static double refusals(String code) {
    return proxy.bean(MeterRegistry.class).counter("turnpike.refusals", "code", code).count();
  }

  @Test
  void pages_mayAsk_whereTheyAreListed() {
    String chat = "origin: https://chat.example";
    String ops = "origin: https://ops.example";
    String evil = "origin: https://evil.example";
    assertThat(post("", ALICE, chat).header("access-control-allow-origin"))
        .isEqualTo("https://chat.example");
    assertThat(post("", ALICE, evil).status()).isEqualTo(403);
    assertThat(post("", ALICE, evil).body()).contains("\"origin_not_allowed\"");
    String[] preflight = {"access-control-request-method: POST", chat};
    assertThat(Wire.call(proxy.port(), "OPTIONS", CHAT, "", preflight).status()).isEqualTo(200);
    preflight[1] = evil;
    assertThat(Wire.call(proxy.port(), "OPTIONS", CHAT, "", preflight).status()).isEqualTo(403);
    assertThat(Wire.get(proxy.port(), "/v1/models", ALICE, evil).status()).isEqualTo(403);
    assertThat(Wire.get(proxy.port(), "/mode", ALICE, ops).header("access-control-allow-origin"))
        .isEqualTo("https://ops.example");
    assertThat(Wire.get(proxy.port(), "/mode", ALICE, chat).status()).isEqualTo(403);
    assertThat(Wire.post(proxy.port(), "/mode/pd", "", ALICE, evil).status()).isEqualTo(403);
  }

  private static JsonNode admin(String path) {
    return JSON.readTree(Wire.get(proxy.port(), path, ALICE).body());
  }
}
