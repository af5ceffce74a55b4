package io.turnpike.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.turnpike.configuration.TurnpikeService;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.redis.ClusteredRedis;
import io.turnpike.fixtures.redis.RedisProcess;
import io.turnpike.fixtures.redis.RedisSecrets;
import io.turnpike.fixtures.redis.WatchedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Each way in which operators run Redis, as {@code spring.data.redis} names it. */
@ExtendWith(OutputCaptureExtension.class)
class RedisTopologiesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @EnableAutoConfiguration
  private static final class OnlyRedis {}

  private static ConfigurableApplicationContext context(String... properties) {
    SpringApplication application = TurnpikeService.application(OnlyRedis.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    String[] arguments = List.of(properties).stream().map(it -> "--" + it).toArray(String[]::new);
    return application.run(arguments);
  }

  private static RedisLink link(ConfigurableApplicationContext context) {
    return new RedisLink(context.getBean(LettuceConnectionFactory.class));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static @Nullable String set(RedisLink link, String key) {
    return link.ask(redis -> redis.set(bytes(key), bytes(key)), PATIENCE).block(PATIENCE);
  }

  private static @Nullable String get(RedisLink link, String key) {
    byte[] found = link.ask(redis -> redis.get(bytes(key)), PATIENCE).block(PATIENCE);
    return found == null ? null : new String(found, UTF_8);
  }

  private static boolean sets(RedisLink link, String key) {
    try {
      return "OK".equals(set(link, key));
    } catch (RuntimeException notNow) {
      return false;
    }
  }

  @Test
  void nothingConfigured_isNoRedis() {
    try (ConfigurableApplicationContext context = context()) {
      assertThat(context.getBeansOfType(RedisConnectionFactory.class)).isEmpty();
    }
  }

  @Test
  void userPasswordAndTls_getIn_andNothingElseDoes(CapturedOutput output) {
    RedisSecrets secrets = RedisSecrets.make();
    int tls = RedisProcess.freePort();
    List<String> lines = new ArrayList<>(List.of(secrets.settings(tls)));
    lines.add("user gateway on >right-secret ~turnpike:* &* +@all");
    String[] there = {
      "spring.data.redis.host=127.0.0.1",
      "spring.data.redis.port=" + tls,
      "spring.data.redis.username=gateway",
      "spring.data.redis.password=right-secret",
      "spring.data.redis.ssl.bundle=cache",
      "spring.ssl.bundle.pem.cache.truststore.certificate=file:" + secrets.certificate()
    };
    try (RedisProcess redis = RedisProcess.start(lines.toArray(String[]::new))) {
      try (ConfigurableApplicationContext context = context(there);
          RedisLink link = link(context)) {
        Eventually.until("it is connected", link::isConnected);
        assertThat(set(link, "turnpike:a")).isEqualTo("OK");
        assertThat(get(link, "turnpike:a")).isEqualTo("turnpike:a");
        assertThatThrownBy(() -> set(link, "other")).hasMessageContaining("NOPERM");
      }
      assertThat(output).contains("Redis does not do a command", "reason=\"NOPERM");
      there[3] = "spring.data.redis.password=wrong-secret";
      try (ConfigurableApplicationContext context = context(there);
          RedisLink link = link(context)) {
        assertThatThrownBy(() -> set(link, "turnpike:a")).isInstanceOf(NotConnectedException.class);
      }
      assertThat(output).contains("WRONGPASS").doesNotContain("-secret", "\\tat ");
      there[3] = "spring.data.redis.password=right-secret";
      there[5] = "spring.data.redis.client-name=stranger";
      there[4] = "spring.data.redis.ssl.enabled=true";
      try (ConfigurableApplicationContext context = context(there);
          RedisLink link = link(context)) {
        assertThatThrownBy(() -> set(link, "turnpike:a")).isInstanceOf(NotConnectedException.class);
      }
      assertThat(output).contains("certification path");
      assertThat(redis.say("GET", "turnpike:a")).isEqualTo("turnpike:a");
    }
  }

  @Test
  void sentinels_leadToTheNextMaster_alsoWhenTheLastOneOnlyHangs() {
    ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    try (WatchedRedis redis = WatchedRedis.start();
        ConfigurableApplicationContext context =
            context(
                "spring.data.redis.sentinel.master=" + WatchedRedis.MASTER,
                "spring.data.redis.sentinel.nodes=" + redis.sentinels());
        RedisLink link = link(context)) {
      link.listen("news", heard::add);
      Eventually.until("it is connected", link::isConnected);
      assertThat(set(link, "turnpike:before")).isEqualTo("OK");
      RedisProcess first = redis.master();
      Eventually.until("replicas have it", first::hasReplicasInStep);
      first.freeze();
      RedisProcess second = redis.masterAfter(first);
      Eventually.until("the next master takes a write", () -> sets(link, "turnpike:after"));
      assertThat(second.say("GET", "turnpike:after")).isEqualTo("turnpike:after");
      assertThat(get(link, "turnpike:before")).isEqualTo("turnpike:before");
      Eventually.until(
          "news are heard again",
          () -> {
            second.say("PUBLISH", "news", "hello");
            return heard.contains("hello");
          });
      assertThat(link.isConnected()).isTrue();
    }
  }

  @Test
  void cluster_isAskedWhereItsKeysLie_andOnWhenAMasterDies() throws Exception {
    LoopResources resources = LoopResources.create("cluster-test", 2, true);
    EventLoopGroup loops = resources.onServer(LoopResources.DEFAULT_NATIVE);
    try (ClusteredRedis redis = ClusteredRedis.start();
        ConfigurableApplicationContext context =
            context("spring.data.redis.cluster.nodes=" + redis.nodes());
        RedisLink link = new RedisLink(context.getBean(LettuceConnectionFactory.class), loops)) {
      assertThat(link.isCluster()).isTrue();
      Eventually.until("it is connected", link::isConnected);
      for (int i = 0; i < 30; i++) {
        assertThat(set(link, "turnpike:" + i)).isEqualTo("OK");
      }
      for (EventExecutor loop : loops) {
        assertThat(setOn(loop, link)).as("answered on the loop that asked").isTrue();
      }
      Eventually.until("its replica has it", redis.members().getFirst()::hasReplicasInStep);
      redis.members().getFirst().kill();
      for (int i = 0; i < 30; i++) {
        String key = "turnpike:" + i;
        Eventually.until(key + " can be written", () -> sets(link, key));
        assertThat(get(link, key)).isEqualTo(key);
      }
      Eventually.until("all is well", link::isConnected);
    } finally {
      resources.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(PATIENCE);
    }
  }

  private static boolean setOn(EventExecutor loop, RedisLink link) throws Exception {
    Mono<Boolean> answered =
        Mono.create(
            sink ->
                loop.execute(
                    () -> {
                      AsyncCommand<byte[], byte[], String> set = set("turnpike:loop");
                      var _ =
                          set.whenComplete(
                              (done, error) -> {
                                if (error == null) {
                                  sink.success(loop.inEventLoop());
                                } else {
                                  sink.error(error);
                                }
                              });
                      link.write(List.of(set));
                    }));
    return Boolean.TRUE.equals(
        answered
            .retryWhen(reactor.util.retry.Retry.fixedDelay(50, Duration.ofMillis(50)))
            .toFuture()
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private static AsyncCommand<byte[], byte[], String> set(String key) {
    ByteArrayCodec codec = ByteArrayCodec.INSTANCE;
    return new AsyncCommand<>(
        new Command<>(
            CommandType.SET,
            new StatusOutput<>(codec),
            new CommandArgs<>(codec).addKey(bytes(key)).addValue(bytes(key))));
  }
}
