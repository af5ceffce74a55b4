package io.turnpike.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.turnpike.fixtures.redis.RedisAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
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
    try (RedisLink link = new RedisLink(RedisAddress.of(url))) {
      assertThat(link.ask(redis -> redis.set(KEY, KEY), PATIENCE).block(PATIENCE)).isEqualTo("OK");
      assertThat(link.ask(redis -> redis.get("none".getBytes(UTF_8)), PATIENCE).block(PATIENCE))
          .isNull();
    } finally {
      server.stop();
    }
  }

  @Test
  void question_failsWithoutRedis_andIsAnsweredWhenItComes() throws IOException {
    try (RedisLink link = new RedisLink(RedisAddress.of(url))) {
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
        RedisLink link = new RedisLink(RedisAddress.of(url))) {
      assertThat(hanging.isBound()).isTrue();
      assertThatThrownBy(
              () -> link.ask(redis -> redis.get(KEY), Duration.ofMillis(50)).block(PATIENCE))
          .hasMessageContaining("50ms");
    }
  }

  @Test
  void loops_writeAndGetAnswers_onTheirOwnConnections() throws Exception {
    RedisServer server = started();
    LoopResources resources = LoopResources.create("link-test", 2, true);
    EventLoopGroup loops = resources.onServer(LoopResources.DEFAULT_NATIVE);
    try (RedisLink link = new RedisLink(RedisAddress.of(url), loops)) {
      awaitAnswer(link);
      for (EventExecutor loop : loops) {
        awaitAnswerOn(loop, link);
      }
      assertThat(clients(link)).as("one for each loop, one for control").isEqualTo(3);
      server.stop();
      server = started();
      for (EventExecutor loop : loops) {
        awaitAnswerOn(loop, link);
      }
    } finally {
      server.stop();
      resources.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(PATIENCE);
    }
  }

  @Test
  void loopsOfAnotherTransport_areNotUsed() throws Exception {
    RedisServer server = started();
    EventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (RedisLink link = new RedisLink(RedisAddress.of(url), nio)) {
      awaitAnswer(link);
      EventExecutor loop = nio.next();
      AsyncCommand<byte[], byte[], String> ping = ping();
      loop.submit(() -> link.write(List.of(ping))).get(5, TimeUnit.SECONDS);
      assertThat(ping.get(5, TimeUnit.SECONDS)).isEqualTo("PONG");
    } finally {
      server.stop();
      var _ = nio.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void wrongPassword_isNotConnected_untilItIsRight() throws IOException {
    RedisServer server =
        RedisServer.newRedisServer()
            .port(port)
            .setting("save \"\"")
            .setting("bind 127.0.0.1")
            .setting("requirepass right")
            .build();
    server.start();
    try (RedisLink wrong = new RedisLink(RedisAddress.of("redis://:wrong@127.0.0.1:" + port));
        RedisLink right = new RedisLink(RedisAddress.of("redis://:right@127.0.0.1:" + port))) {
      assertThatThrownBy(() -> wrong.ask(redis -> redis.get(KEY), PATIENCE).block(PATIENCE))
          .isInstanceOf(NotConnectedException.class);
      awaitAnswer(right);
      assertThat(wrong.commands()).isNull();
      assertThat(
              right.ask(redis -> redis.configSet("requirepass", "wrong"), PATIENCE).block(PATIENCE))
          .isEqualTo("OK");
      awaitAnswer(wrong);
    } finally {
      server.stop();
    }
  }

  /** A loop whose commands are answered on it, after as many tries as a reconnect takes. */
  private static void awaitAnswerOn(EventExecutor loop, RedisLink link) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() - deadline < 0) {
      CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
      loop.execute(
          () -> {
            AsyncCommand<byte[], byte[], String> one = ping();
            AsyncCommand<byte[], byte[], String> two = ping();
            var _ = two.whenComplete((pong, error) -> tell(onLoop, loop.inEventLoop(), error));
            link.write(List.of(one));
            link.write(List.of(two));
          });
      try {
        assertThat(onLoop.get(5, TimeUnit.SECONDS)).isTrue();
        return;
      } catch (ExecutionException notYet) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    throw new AssertionError("no answer from Redis within 20 s");
  }

  private static void tell(
      CompletableFuture<Boolean> waiting, boolean value, @Nullable Throwable error) {
    if (error == null) {
      waiting.complete(value);
    } else {
      waiting.completeExceptionally(error);
    }
  }

  private static AsyncCommand<byte[], byte[], String> ping() {
    return new AsyncCommand<>(
        new Command<>(CommandType.PING, new StatusOutput<>(ByteArrayCodec.INSTANCE)));
  }

  private static long clients(RedisLink link) {
    String list = link.ask(redis -> redis.clientList(), PATIENCE).block(PATIENCE);
    return list == null ? 0 : list.lines().count();
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
