package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.redis.RedisProcess;
import io.turnpike.fixtures.running.RunningGateway;
import io.turnpike.membership.ClusterSource;
import io.turnpike.membership.NodeCodec;
import io.turnpike.node.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What proxies share through one Redis, and what they say of it. */
@ExtendWith(OutputCaptureExtension.class)
class SharedRedisIT {

  private static final String CHAT =
      "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

  private final int redisPort = RedisProcess.freePort();

  @Test
  void status_tellsTheTruthAboutRedis_whenItGoesAndComes() {
    RedisProcess redis = RedisProcess.start(redisPort);
    try (ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway proxy = proxy(engine)) {
      Eventually.until("Redis is up", () -> state(proxy).equals("up"));
      Eventually.until(
          "its commands are measured",
          () ->
              Wire.get(proxy.managementPort(), "/actuator/prometheus")
                  .body()
                  .contains("lettuce_command_completion_seconds_count{command=\"PING\""));
      redis.close();
      Eventually.until("Redis is down", () -> state(proxy).equals("down"));
      Answer health = Wire.get(proxy.managementPort(), "/actuator/health");
      assertThat(health.body()).contains("\"DEGRADED\"", "turns go on");
      redis = RedisProcess.start(redisPort);
      Eventually.until("Redis is back", () -> state(proxy).equals("up"));
      assertThat(health(proxy)).isEqualTo("UP");
    } finally {
      redis.close();
    }
  }

  @Test
  void status_answers_whileRedisHangs() throws IOException {
    try (ServerSocket hanging = new ServerSocket(redisPort, 50, InetAddress.getLoopbackAddress());
        ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway proxy = proxy(engine)) {
      assertThat(hanging.isBound()).isTrue();
      assertThat(state(proxy)).isEqualTo("down");
      assertThat(health(proxy)).isEqualTo("DEGRADED");
    }
  }

  @Test
  void status_saysNone_whereNothingIsShared() {
    assertThat(state(OnePair.PROXY, OnePair.KEY)).isEqualTo("none");
  }

  @Test
  void mode_isToldToAllReplicas_whoseNextLookIsFar() {
    try (RedisProcess redis = RedisProcess.start(redisPort);
        ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway one = proxy(engine);
        RunningGateway other = proxy(engine)) {
      Eventually.until("both listen", () -> listeners(redis) == 2);
      long[] nanos = new long[10];
      for (int i = 0; i < nanos.length; i++) {
        String mode = i % 2 == 0 ? "pd" : "ppd";
        assertThat(Wire.post(one.port(), "/mode/" + mode, "").status()).isEqualTo(200);
        long answered = System.nanoTime();
        Eventually.until("the other knows", () -> mode(other).equals(mode));
        nanos[i] = System.nanoTime() - answered;
      }
      java.util.Arrays.sort(nanos);
      System.out.printf(
          "known to the other replica, after the answer: %.1f ms in the middle, %.1f at most%n",
          nanos[nanos.length / 2] / 1e6, nanos[nanos.length - 1] / 1e6);
      assertThat(redis.say("GET", "turnpike:mode:proxy")).startsWith("ppd ");
      redis.say("FLUSHALL");
      redis.say("SET", "turnpike:mode:proxy", "pd 5");
      try (RunningGateway third = proxy(engine)) {
        assertThat(mode(third)).as("a new one has only that").isEqualTo("pd");
      }
      assertThat(mode(one)).as("who knows a later word keeps it").isEqualTo("ppd");
    }
  }

  @Test
  void aProxy_startsFromTheMirror_ofItsOwnRegistries() {
    try (RedisProcess redis = RedisProcess.start(redisPort);
        ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway first = proxy(engine)) {
      Node node = first.bean(ClusterSource.class).current().nodes().getFirst();
      redis.say(
          "SET",
          "turnpike:nodes:mine",
          "{\"version\":1,\"complete\":true,\"nodes\":[" + NodeCodec.write(node, null) + "]}");
      try (RunningGateway mine = behindRegistries("mine");
          RunningGateway other = behindRegistries("registry")) {
        mine.awaitReady();
        Eventually.until("nothing is known", () -> trouble(other).endsWith("has no nodes"));
      }
    }
  }

  private static String trouble(RunningGateway proxy) {
    return String.valueOf(proxy.bean(ClusterSource.class).trouble());
  }

  /** A proxy whose registries cannot be reached. */
  private RunningGateway behindRegistries(String namespace) {
    return RunningGateway.start(
        ProxyApplication.class,
        "turnpike.registry.url=http://127.0.0.1:" + RedisProcess.freePort(),
        "turnpike.registry.namespace=" + namespace,
        "turnpike.redis.url=redis://127.0.0.1:" + redisPort);
  }

  private static long listeners(RedisProcess redis) {
    String numbers = redis.say("PUBSUB", "NUMSUB", "turnpike:mode:proxy");
    return Long.parseLong(numbers.lines().toList().getLast());
  }

  @Test
  void modeThatCannotBeWritten_isNotSwitched_alsoNotLater() {
    try (RedisProcess redis = RedisProcess.start(redisPort);
        ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway proxy = proxy(engine)) {
      Eventually.until("Redis is up", () -> state(proxy).equals("up"));
      redis.freeze();
      Answer refused = Wire.post(proxy.port(), "/mode/pd", "");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("shared_state_away", "not switched");
      assertThat(refused.header("retry-after")).isNotEmpty();
      assertThat(mode(proxy)).isEqualTo("ppd");
      redis.thaw();
      Eventually.until("Redis is up again", () -> state(proxy).equals("up"));
      assertThat(mode(proxy)).isEqualTo("ppd");
      assertThat(redis.say("GET", "turnpike:mode:proxy")).startsWith("ppd");
      assertThat(Wire.post(proxy.port(), "/mode/pd", "").status()).isEqualTo(200);
      assertThat(redis.say("GET", "turnpike:mode:proxy")).startsWith("pd ");
    }
  }

  @Test
  void controlCalls_walkThroughNothing_andEveryKeyEnds() {
    try (RedisProcess redis = RedisProcess.start(redisPort);
        ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway one = proxy(engine);
        RunningGateway other = proxy(engine)) {
      Eventually.until("both listen", () -> listeners(redis) == 2);
      for (RunningGateway proxy : new RunningGateway[] {one, other}) {
        assertThat(Wire.post(proxy.port(), OnePair.CHAT, CHAT).status()).isEqualTo(200);
        Eventually.until("it is known", () -> known(proxy, "/mode") == 1);
        assertThat(known(proxy, "/status")).isEqualTo(1);
      }
      assertThat(redis.say("INFO", "commandstats")).doesNotContain("cmdstat_scan", "cmdstat_keys");
      Eventually.until("it is in Redis", () -> known(one, "/conversations", "count") == 1);
      for (String key : redis.say("KEYS", "*").lines().toList()) {
        assertThat(Long.parseLong(redis.say("PTTL", key))).as(key).isPositive();
      }
      assertThat(Wire.post(one.port(), "/conversations/clear", "").body()).contains("1");
      assertThat(redis.say("KEYS", "turnpike:c:*")).isEmpty();
      Eventually.until("the other forgot too", () -> known(other, "/mode") == 0);
      redis.freeze();
      assertThat(Wire.post(one.port(), "/conversations/clear", "").status()).isEqualTo(503);
      redis.thaw();
    }
  }

  @Test
  void userOfTheDocs_isAllowedAllThatIsAsked(CapturedOutput output) throws IOException {
    String line =
        Files.readAllLines(Path.of("../docs/redis.md")).stream()
            .filter(it -> it.startsWith("user turnpike "))
            .findFirst()
            .orElseThrow()
            .replace("PASSWORD", "secret");
    try (RedisProcess redis = RedisProcess.start(redisPort, line);
        ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway proxy = proxy("turnpike:secret@", engine)) {
      Eventually.until("it listens", () -> listeners(redis) == 1);
      assertThat(Wire.post(proxy.port(), OnePair.CHAT, CHAT).status()).isEqualTo(200);
      Eventually.until("it is in Redis", () -> known(proxy, "/conversations", "count") == 1);
      assertThat(Wire.post(proxy.port(), "/mode/pd", "").status()).isEqualTo(200);
      assertThat(Wire.post(proxy.port(), "/conversations/clear", "").status()).isEqualTo(200);
      assertThat(redis.say("KEYS", "turnpike:c:*")).isEmpty();
      assertThat(output).doesNotContain("NOPERM", "RedisLink", "secret");
    }
  }

  private RunningGateway proxy(ScriptedEngine engine) {
    return proxy("", engine);
  }

  private RunningGateway proxy(String user, ScriptedEngine engine) {
    return RunningGateway.startReady(
        ProxyApplication.class,
        "turnpike.cluster.decode-urls=" + engine.listed(),
        "turnpike.proxy.mode-interval=1h",
        "turnpike.redis.patience=2s",
        "turnpike.redis.url=redis://" + user + "127.0.0.1:" + redisPort);
  }

  private static String mode(RunningGateway proxy) {
    return get(proxy, "/mode").path("mode").asString();
  }

  private static int known(RunningGateway proxy, String path) {
    return known(proxy, path, "conversations");
  }

  private static int known(RunningGateway proxy, String path, String field) {
    return get(proxy, path).path(field).asInt(-1);
  }

  private static String state(RunningGateway proxy, String... headers) {
    return get(proxy, "/status", headers).path("redis").asString();
  }

  private static JsonNode get(RunningGateway proxy, String path, String... headers) {
    return JsonMapper.shared().readTree(Wire.get(proxy.port(), path, headers).body());
  }

  private static String health(RunningGateway proxy) {
    return JsonMapper.shared()
        .readTree(Wire.get(proxy.managementPort(), "/actuator/health").body())
        .path("components")
        .path("redis")
        .path("status")
        .asString();
  }
}
