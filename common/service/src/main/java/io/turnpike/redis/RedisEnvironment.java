package io.turnpike.redis;

import io.turnpike.configuration.StartRefused;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Makes {@code turnpike.redis.url} a short name of {@code spring.data.redis.url}, adds the defaults
 * that a gateway needs, and refuses what Spring would take without a word: two places that name a
 * Redis, a password that is not used.
 */
final class RedisEnvironment implements EnvironmentPostProcessor {

  static final String OURS = "turnpike.redis.url";

  private static final String SPRING = "spring.data.redis.";
  private static final String URL = SPRING + "url";
  private static final List<String> TOPOLOGIES = List.of("sentinel", "cluster");
  private static final List<String> PARTS_OF_A_URL =
      List.of("host", "port", "username", "password", "database");

  /** What nobody has set is what nobody should wait for longer. */
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          SPRING + "connect-timeout", "2s",
          SPRING + "timeout", "2s",
          SPRING + "lettuce.cluster.refresh.period", "15s");

  @Override
  public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication app) {
    Keys keys = new Keys(Binder.get(environment));
    environment.getPropertySources().addLast(new MapPropertySource("redis defaults", DEFAULTS));
    String url = keys.url();
    if (url != null && (keys.value(OURS).isEmpty() || keys.value(URL).isEmpty())) {
      environment
          .getPropertySources()
          .addFirst(new MapPropertySource("redis url", Map.of(URL, url)));
    }
  }

  /**
   * Refuses what is wrong. Not at once, because a refusal is one line only after logging was set.
   *
   * @throws StartRefused without any password
   */
  static void check(Environment environment) {
    Keys keys = new Keys(Binder.get(environment));
    keys.refuseWhatIsNotServed();
    keys.refuseTwoPlaces();
    keys.refuseOddUrl();
  }

  /** Whether there is a Redis at all: a URL, a host, Sentinels or a cluster. */
  static boolean isConfigured(Environment environment) {
    Keys keys = new Keys(Binder.get(environment));
    return !keys.value(OURS).isEmpty()
        || !keys.value(URL).isEmpty()
        || !keys.value(SPRING + "host").isEmpty()
        || TOPOLOGIES.stream().anyMatch(topology -> keys.isBound(SPRING + topology));
  }

  /** What is said of Redis. */
  private record Keys(Binder binder) {

    String value(String key) {
      return binder.bind(key, String.class).orElse("").trim();
    }

    boolean isBound(String prefix) {
      return binder
          .bind(prefix, Bindable.mapOf(String.class, String.class))
          .map(all -> all.values().stream().anyMatch(value -> !value.isBlank()))
          .orElse(false);
    }

    /** The whole URL, from wherever it is set; null: none, or not one. */
    @Nullable String url() {
      String url = value(urlKey());
      return url.isEmpty() ? null : RedisUrl.complete(url);
    }

    private String urlKey() {
      return value(OURS).isEmpty() ? URL : OURS;
    }

    void refuseOddUrl() {
      String url = value(urlKey());
      if (!url.isEmpty() && RedisUrl.complete(url) == null) {
        throw StartRefused.property(urlKey(), "\"" + RedisUrl.shown(url) + "\"", RedisUrl.EXPECTED);
      }
    }

    void refuseTwoPlaces() {
      String url = value(urlKey()).isEmpty() ? "" : urlKey();
      if (url.equals(OURS) && !value(URL).isEmpty() && !value(URL).equals(url())) {
        throw twice(URL, OURS);
      }
      for (String topology : TOPOLOGIES) {
        String prefix = SPRING + topology;
        if (isBound(prefix)) {
          if (!url.isEmpty()) {
            throw twice(prefix, url);
          }
          checkNodes(prefix);
        }
      }
      if (isBound(SPRING + "sentinel") && isBound(SPRING + "cluster")) {
        throw twice(SPRING + "cluster", SPRING + "sentinel");
      }
      if (!url.isEmpty()) {
        PARTS_OF_A_URL.stream()
            .map(part -> SPRING + part)
            .filter(key -> !value(key).isEmpty())
            .findFirst()
            .ifPresent(
                key -> {
                  throw twice(key, url);
                });
      }
    }

    private static StartRefused twice(String key, String other) {
      return StartRefused.property(key, "set, and " + other + " too", "one of them");
    }

    private void checkNodes(String prefix) {
      List<String> nodes =
          binder.bind(prefix + ".nodes", Bindable.listOf(String.class)).orElse(List.of());
      if (nodes.isEmpty()) {
        throw StartRefused.property(prefix + ".nodes", "missing", "host:port, host:port …");
      }
      for (String node : nodes) {
        if (!node.matches(".+:\\d{1,5}")) {
          throw StartRefused.property(prefix + ".nodes", "\"" + node + "\"", "host:port");
        }
      }
      if (prefix.endsWith("sentinel") && value(prefix + ".master").isEmpty()) {
        throw StartRefused.property(
            prefix + ".master", "missing", "the name by which the Sentinels know the master");
      }
    }

    void refuseWhatIsNotServed() {
      refuse("client-type", "lettuce", "lettuce");
      refuse("lettuce.read-from", "master", "none: what a replica does not have yet is not found");
      if (isBound(SPRING + "masterreplica")) {
        throw StartRefused.property(
            SPRING + "masterreplica.nodes", "not served", SPRING + "sentinel or .cluster");
      }
      String bundle = value(SPRING + "ssl.bundle");
      if (!bundle.isEmpty()
          && !isBound("spring.ssl.bundle.pem." + bundle)
          && !isBound("spring.ssl.bundle.jks." + bundle)) {
        throw StartRefused.property(
            SPRING + "ssl.bundle", "\"" + bundle + "\"", "a bundle under spring.ssl.bundle");
      }
    }

    private void refuse(String key, String allowed, String expected) {
      String value = value(SPRING + key);
      if (!value.isEmpty() && !value.equalsIgnoreCase(allowed)) {
        throw StartRefused.property(SPRING + key, "\"" + value + "\"", expected);
      }
    }
  }
}
