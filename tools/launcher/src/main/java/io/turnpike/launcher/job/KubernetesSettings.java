package io.turnpike.launcher.job;

import io.turnpike.node.Role;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job file says of Kubernetes.
 *
 * @param cluster where its objects go
 * @param images what containers run
 * @param serviceType how clients reach the gateways: {@code ClusterIP}, {@code NodePort} or {@code
 *     LoadBalancer}
 * @param isolation who reaches what
 * @param drain how long a gateway or an engine that ends may take for the turns under way there
 * @param secrets Secrets of the namespace whose entries become environment of engines
 * @param configMaps ConfigMaps likewise
 * @param pods what engine pods of each role are given
 */
public record KubernetesSettings(
    Cluster cluster,
    Images images,
    String serviceType,
    Isolation isolation,
    Duration drain,
    List<String> secrets,
    List<String> configMaps,
    ByRole<Pods> pods) {

  /** How engine pods are kept apart. */
  public enum Isolation {
    /** Network policies: engines, registry and Redis are reached by those alone who have to. */
    POLICIES,
    /** Nothing. */
    NONE
  }

  /**
   * Where its objects go.
   *
   * @param context of the kubeconfig; null: the current one
   * @param namespace null: that of the context
   */
  public record Cluster(@Nullable String context, @Nullable String namespace) {}

  /**
   * What containers of Turnpike's own programs run.
   *
   * @param prefix what stands before {@code registry}, {@code proxy}, {@code replication} and
   *     {@code simulator}
   * @param tag of these
   * @param redis Redis
   * @param pull {@code Always}, {@code IfNotPresent} or {@code Never}; null: as Kubernetes decides
   * @param pullSecrets names of Secrets
   */
  public record Images(
      String prefix, String tag, String redis, @Nullable String pull, List<String> pullSecrets) {

    public Images {
      pullSecrets = List.copyOf(pullSecrets);
    }

    /** The image of one of Turnpike's own programs. */
    public String own(String program) {
      return prefix + "/" + program + ":" + tag;
    }
  }

  /**
   * What engine pods are given.
   *
   * @param nodes over how many pods, and so nodes, one worker goes
   * @param gpuResource the name under which nodes offer GPUs
   * @param sharedMemory the size of {@code /dev/shm}
   * @param resources requests and limits besides GPUs, such as {@code cpu} and {@code memory}
   * @param nodeSelector labels of nodes
   * @param tolerations as Kubernetes has them
   * @param volumes as Kubernetes has them, each with a {@code mountPath} besides
   * @param runtimeClass null: none
   * @param priorityClass null: none
   */
  public record Pods(
      int nodes,
      String gpuResource,
      String sharedMemory,
      Map<String, String> resources,
      Map<String, String> nodeSelector,
      List<Map<String, Object>> tolerations,
      List<Map<String, Object>> volumes,
      @Nullable String runtimeClass,
      @Nullable String priorityClass) {

    static final Pods STANDARD =
        new Pods(1, "nvidia.com/gpu", "8Gi", Map.of(), Map.of(), List.of(), List.of(), null, null);

    public Pods {
      resources = Collections.unmodifiableMap(new LinkedHashMap<>(resources));
      nodeSelector = Collections.unmodifiableMap(new LinkedHashMap<>(nodeSelector));
      tolerations = List.copyOf(tolerations);
      volumes = List.copyOf(volumes);
    }
  }

  static final KubernetesSettings STANDARD =
      new KubernetesSettings(
          new Cluster(null, null),
          new Images("turnpike", "latest", "redis:8-alpine", null, List.of()),
          "ClusterIP",
          Isolation.POLICIES,
          RunningJob.DRAIN,
          List.of(),
          List.of(),
          ByRole.of(Pods.STANDARD));

  public KubernetesSettings {
    secrets = List.copyOf(secrets);
    configMaps = List.copyOf(configMaps);
  }

  /** Where it is said over how many nodes a worker of that role goes. */
  public String nodesKey(Role role) {
    boolean own = pods.of(role).nodes() != pods.all().nodes();
    return "kubernetes." + (own ? role.word() + "." : "") + "nodes";
  }

  /** What engine pods of that role are given. */
  public Pods pods(Role role) {
    return pods.of(role);
  }
}
