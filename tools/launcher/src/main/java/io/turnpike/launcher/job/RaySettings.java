package io.turnpike.launcher.job;

import io.turnpike.node.Role;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job file says of Ray.
 *
 * @param address the dashboard; null: {@code RAY_ADDRESS} of the environment, else this machine's
 * @param tokenVariable the environment variable of this machine that holds the dashboard's token
 * @param registry a registry that runs already, with proxies of its own; null: registry and proxies
 *     are started on the head node
 * @param registryKeyVariable the environment variable of this machine that holds its admin key
 * @param vllm the program on the nodes
 * @param turnpike the folder of a built Turnpike on the nodes; null: where it is here
 * @param java the program on the nodes; null: where it is here
 * @param shares what the workers of each role take
 */
public record RaySettings(
    @Nullable URI address,
    String tokenVariable,
    @Nullable URI registry,
    String registryKeyVariable,
    String vllm,
    @Nullable String turnpike,
    @Nullable String java,
    ByRole<Share> shares) {

  /** How workers of a group lie on nodes; Ray's words. */
  public enum Strategy {
    PACK,
    SPREAD,
    STRICT_SPREAD
  }

  /**
   * What each worker of a group takes.
   *
   * @param strategy how they lie on nodes
   * @param cpus Ray's CPUs
   * @param resources Ray's own resources by name
   */
  public record Share(Strategy strategy, double cpus, Map<String, Double> resources) {

    static final Share STANDARD = new Share(Strategy.PACK, 1, Map.of());

    public Share {
      resources = Collections.unmodifiableMap(new LinkedHashMap<>(resources));
    }
  }

  static final RaySettings STANDARD =
      new RaySettings(
          null,
          "RAY_AUTH_TOKEN",
          null,
          "TURNPIKE_REGISTRY_ADMINKEY",
          "vllm",
          null,
          null,
          ByRole.of(Share.STANDARD));

  /** What each worker of that role takes. */
  public Share share(Role role) {
    return shares.of(role);
  }
}
