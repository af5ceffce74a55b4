package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.JobFile;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The Secrets of a job: what {@code env_file} says, keys that its own services show each other, and
 * a Redis URL, which may hold a password. All else refers to them by name.
 */
final class Secrets {

  /** What {@code env_file} says, as environment of engines. */
  static final String ENVIRONMENT = "environment";

  /** Files, each named as the property that it sets. */
  static final String KEYS = "keys";

  private static final String REGISTRY_KEY = "turnpike.registry.admin-key";
  private static final String GATEWAY_KEY = "turnpike.gateway.admin-key";
  private static final String REDIS_URL = "turnpike.redis.url";
  private static final int KEY_BYTES = 24;

  private Secrets() {}

  /** Their values, with keys that are new. */
  static List<Manifest> manifests(JobFile job, Names names, RandomGenerator chance) {
    List<Manifest> manifests = new ArrayList<>();
    values(job, names, () -> key(chance))
        .forEach((component, values) -> manifests.add(secret(names, component, values)));
    return manifests;
  }

  /** Which there are, with the names of what is in them. */
  static Map<String, List<String>> contents(JobFile job, Names names) {
    Map<String, List<String>> contents = new LinkedHashMap<>();
    values(job, names, () -> "")
        .forEach((component, it) -> contents.put(names.of(component), List.copyOf(it.keySet())));
    return contents;
  }

  private static Map<String, Map<String, String>> values(
      JobFile job, Names names, Supplier<String> key) {
    Map<String, Map<String, String>> values = new LinkedHashMap<>();
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put(REGISTRY_KEY, key.get());
    keys.put(GATEWAY_KEY, key.get());
    String redis = GatewayObjects.redisUrl(job, names);
    if (redis != null) {
      keys.put(REDIS_URL, redis);
    }
    values.put(KEYS, keys);
    if (!job.secrets().isEmpty()) {
      Map<String, String> environment = new LinkedHashMap<>(job.environment());
      environment.keySet().retainAll(job.secrets());
      values.put(ENVIRONMENT, environment);
    }
    return values;
  }

  private static Manifest secret(Names names, String component, Map<String, String> values) {
    return Manifest.of(
        ObjectKind.SECRET, names, component, Fields.of("type", "Opaque", "stringData", values));
  }

  private static String key(RandomGenerator chance) {
    byte[] bytes = new byte[KEY_BYTES];
    chance.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
