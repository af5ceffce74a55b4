package io.turnpike.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import redis.embedded.RedisServer;

/** Questions to a Redis that is there, is not, hangs, and comes back. */
class RedisLinkIT {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final byte[] KEY = "k".getBytes(UTF_8);

  private final int port = freePort();
  private final String url = "redis://127.0.0.1:" + port;

  @Test
  void firstQuestion_waitsForTheConnection() throws IOException {
    RedisServer server = started();
    try (RedisLink link = new RedisLink(url)) {
      assertThat(link.ask(redis -> redis.set(KEY, KEY), PATIENCE).block(PATIENCE)).isEqualTo("OK");
      assertThat(link.ask(redis -> redis.get("none".getBytes(UTF_8)), PATIENCE).block(PATIENCE))
          .isNull();
    } finally {
      server.stop();
    }
  }

  @Test
  void question_failsWithoutRedis_andIsAnsweredWhenItComes() throws IOException {
    try (RedisLink link = new RedisLink(url)) {
      assertThatThrownBy(() -> link.ask(redis -> redis.get(KEY), PATIENCE).block(PATIENCE))
          .isInstanceOf(NotConnectedException.class);
      RedisServer server = started();
      awaitAnswer(link);
      server.stop();
      assertThatThrownBy(() -> link.ask(redis -> redis.get(KEY), PATIENCE).block(PATIENCE))
          .isNotNull();
      server = started();
      awaitAnswer(link);
      server.stop();
    }
  }

  @Test
  void question_toARedisThatNeverAnswers_endsWithItsTime() throws IOException {
    try (ServerSocket hanging = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        RedisLink link = new RedisLink(url)) {
      assertThat(hanging.isBound()).isTrue();
      assertThatThrownBy(
              () -> link.ask(redis -> redis.get(KEY), Duration.ofMillis(50)).block(PATIENCE))
          .hasMessageContaining("50ms");
    }
  }

  private RedisServer started() throws IOException {
    RedisServer server =
        RedisServer.newRedisServer()
            .port(port)
            .setting("save \"\"")
            .setting("bind 127.0.0.1")
            .build();
    server.start();
    return server;
  }

  private static void awaitAnswer(RedisLink link) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() - deadline < 0) {
      String answer =
          link.ask(redis -> redis.ping(), PATIENCE)
              .onErrorResume(e -> Mono.empty())
              .block(PATIENCE);
      if ("PONG".equals(answer)) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    throw new AssertionError("no answer from Redis within 20 s");
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
