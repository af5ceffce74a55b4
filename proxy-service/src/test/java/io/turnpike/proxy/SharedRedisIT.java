package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;
import tools.jackson.databind.json.JsonMapper;

/** What the proxy says of Redis, without any turn that could have found out. */
class SharedRedisIT {

  private final int redisPort = freePort();

  @Test
  void status_tellsTheTruthAboutRedis_whenItGoesAndComes() throws IOException {
    RedisServer redis = redis();
    redis.start();
    try (ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway proxy = proxy(engine)) {
      Eventually.until("Redis is up", () -> state(proxy).equals("up"));
      redis.stop();
      Eventually.until("Redis is down", () -> state(proxy).equals("down"));
      Answer health = Wire.get(proxy.managementPort(), "/actuator/health");
      assertThat(health.body()).contains("\"DEGRADED\"", "turns go on");
      redis.start();
      Eventually.until("Redis is back", () -> state(proxy).equals("up"));
      assertThat(health(proxy)).isEqualTo("UP");
    } finally {
      redis.stop();
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

  private RunningGateway proxy(ScriptedEngine engine) {
    return RunningGateway.startReady(
        ProxyApplication.class,
        "turnpike.cluster.decode-urls=" + engine.listed(),
        "turnpike.redis.url=redis://127.0.0.1:" + redisPort);
  }

  private static String state(RunningGateway proxy, String... headers) {
    return JsonMapper.shared()
        .readTree(Wire.get(proxy.port(), "/status", headers).body())
        .path("redis")
        .asString();
  }

  private static String health(RunningGateway proxy) {
    return JsonMapper.shared()
        .readTree(Wire.get(proxy.managementPort(), "/actuator/health").body())
        .path("components")
        .path("redis")
        .path("status")
        .asString();
  }

  private RedisServer redis() throws IOException {
    return RedisServer.newRedisServer()
        .port(redisPort)
        .setting("save \"\"")
        .setting("bind 127.0.0.1")
        .build();
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
