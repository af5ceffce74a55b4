package io.turnpike.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.configuration.StartRefused;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What is made of the settings that name a Redis, before anything is started. */
class RedisEnvironmentTest {

  private static ConfigurableEnvironment environment(String... settings) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String setting : settings) {
      String[] parts = setting.trim().split("=", 2);
      map.put(parts[0], parts[1]);
    }
    ConfigurableEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", map));
    return environment;
  }

  private static ConfigurableEnvironment processed(String... settings) {
    ConfigurableEnvironment environment = environment(settings);
    new RedisEnvironment().postProcessEnvironment(environment, new SpringApplication());
    return environment;
  }

  @ParameterizedTest
  @CsvSource({
    "turnpike.redis.url=redis://cache, redis://cache:6379",
    "turnpike.redis.url=redis://cache:7000/2, redis://cache:7000/2",
    "turnpike.redis.url=rediss://me:p%40ss@cache/, rediss://me:p%40ss@cache:6379",
    "spring.data.redis.url=redis://cache, redis://cache:6379",
    "spring.data.redis.url=redis://[::1]:7000, redis://[::1]:7000"
  })
  void url_isSpringsOwn_withItsPort(String setting, String url) {
    ConfigurableEnvironment environment = processed(setting);
    assertThat(environment.getProperty("spring.data.redis.url")).isEqualTo(url);
    RedisEnvironment.check(environment);
    assertThat(RedisEnvironment.isConfigured(environment)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spring.data.redis.host=cache",
        "spring.data.redis.cluster.nodes=a:1,b:2",
        "spring.data.redis.sentinel.nodes=a:1 spring.data.redis.sentinel.master=m"
      })
  void otherPlaces_areRedisToo(String settings) {
    ConfigurableEnvironment environment = processed(settings.split(" ", -1));
    assertThat(RedisEnvironment.isConfigured(environment)).isTrue();
    assertThat(environment.containsProperty("spring.data.redis.url")).isFalse();
  }

  @Test
  void nothing_isNoRedis_alsoWhereAnEnvironmentNamesItEmpty() {
    assertThat(RedisEnvironment.isConfigured(processed())).isFalse();
    assertThat(
            RedisEnvironment.isConfigured(
                processed(
                    "turnpike.redis.url=",
                    "spring.data.redis.host=",
                    "spring.data.redis.cluster.nodes=",
                    "spring.data.redis.password=unused")))
        .isFalse();
  }

  @Test
  void defaults_areWhatAGatewayCanBear_andGiveWay() {
    ConfigurableEnvironment plain = processed("turnpike.redis.url=redis://cache");
    assertThat(plain.getProperty("spring.data.redis.timeout")).isEqualTo("2s");
    assertThat(plain.getProperty("spring.data.redis.lettuce.cluster.refresh.period"))
        .isEqualTo("15s");
    assertThat(processed("spring.data.redis.timeout=9s").getProperty("spring.data.redis.timeout"))
        .isEqualTo("9s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turnpike.redis.url=http://:secret@cache | turnpike.redis.url: \"http://***@cache\""
            + " (expected: redis://host:port",
        "turnpike.redis.url=redis://cache?timeout=1 | turnpike.redis.url:"
            + " \"redis://cache?timeout=1\"",
        "turnpike.redis.url=redis://cache/x | turnpike.redis.url: \"redis://cache/x\"",
        "turnpike.redis.url=redis://a b | turnpike.redis.url: \"redis://a b\"",
        "spring.data.redis.url=cache:6379 | spring.data.redis.url: \"cache:6379\"",
        "turnpike.redis.url=redis://a; spring.data.redis.url=redis://b | spring.data.redis.url:"
            + " set, and turnpike.redis.url too (expected: one of them)",
        "turnpike.redis.url=redis://a; spring.data.redis.host=b | spring.data.redis.host: set, and"
            + " turnpike.redis.url too",
        "turnpike.redis.url=redis://a; spring.data.redis.password=secret |"
            + " spring.data.redis.password: set, and turnpike.redis.url too",
        "spring.data.redis.url=redis://a; spring.data.redis.cluster.nodes=b:1 |"
            + " spring.data.redis.cluster: set, and spring.data.redis.url too",
        "spring.data.redis.sentinel.nodes=a:1; spring.data.redis.sentinel.master=m;"
            + " spring.data.redis.cluster.nodes=b:1 | spring.data.redis.cluster: set, and"
            + " spring.data.redis.sentinel too",
        "spring.data.redis.sentinel.nodes=a:1 | spring.data.redis.sentinel.master: missing",
        "spring.data.redis.sentinel.master=m | spring.data.redis.sentinel.nodes: missing",
        "spring.data.redis.cluster.nodes=a | spring.data.redis.cluster.nodes: \"a\" (expected:"
            + " host:port)",
        "spring.data.redis.masterreplica.nodes=a:1 | spring.data.redis.masterreplica.nodes: not"
            + " served",
        "spring.data.redis.client-type=jedis | spring.data.redis.client-type: \"jedis\" (expected:"
            + " lettuce)",
        "spring.data.redis.lettuce.read-from=any | spring.data.redis.lettuce.read-from: \"any\"",
        "spring.data.redis.ssl.bundle=x | spring.data.redis.ssl.bundle: \"x\" (expected: a bundle"
      })
  void mistake_isRefused_withoutThePassword(String settings, String line) {
    assertThatThrownBy(() -> RedisEnvironment.check(processed(settings.split(";", -1))))
        .isInstanceOf(StartRefused.class)
        .hasMessageStartingWith(line)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "redis://cache:6379,redis://cache:6379",
    "redis://me:se@cret@cache:6379,redis://***@cache:6379",
    "http://:secret@cache,http://***@cache",
    "me:secret@cache,***@cache",
    "se@redis://cret,***@redis://cret"
  })
  void url_isShownWithoutItsPassword(String url, String shown) {
    assertThat(RedisUrl.shown(url)).isEqualTo(shown);
  }
}
