package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.KubernetesSettings;
import io.turnpike.launcher.job.Scheduler.Gateway;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gateways of a job, and the Service that clients go to. */
final class GatewayObjects {

  static final String PROXY = "proxy";
  static final String REPLICATION = "replication";

  private final JobFile job;
  private final Names names;
  private final KubernetesSettings settings;
  private final Gateway gateway;
  private final ServicePods pods;

  GatewayObjects(JobFile job, Names names) {
    this.job = job;
    this.names = names;
    this.settings = job.target().kubernetes();
    this.gateway = job.scheduler().gateway();
    this.pods = new ServicePods(names, settings);
  }

  /** Whether pods of that component are gateways. */
  static boolean isGateway(String component) {
    return component.equals(PROXY) || component.equals(REPLICATION);
  }

  List<Manifest> manifests() {
    List<Manifest> manifests = new ArrayList<>();
    if (job.doing(Role.DECODE)) {
      int replicas = gateway.proxies();
      manifests.add(pods.deployment(PROXY, replicas, pod(PROXY, 10_001, 10_091)));
      if (replicas > 1) {
        manifests.add(pods.budget(PROXY));
      }
    }
    if (job.has(Role.REPLICA)) {
      manifests.add(pods.deployment(REPLICATION, 1, pod(REPLICATION, 10_002, 10_092)));
    }
    manifests.add(front());
    return manifests;
  }

  /** It leads to the proxies, or where there are none, to the gateway over replicas. */
  private Manifest front() {
    return Manifest.of(
        ObjectKind.SERVICE,
        names,
        "",
        Fields.of(
            "spec",
            Fields.of(
                "type", settings.serviceType(),
                "selector", names.selector(job.doing(Role.DECODE) ? PROXY : REPLICATION),
                "ports", List.of(Containers.servicePort("http", job.scheduler().port())))));
  }

  /** Where Redis is; null where nothing is shared. */
  static @Nullable String redisUrl(JobFile job, Names names) {
    String said = job.scheduler().gateway().redis();
    return switch (said) {
      case "none" -> null;
      case "embedded" -> "redis://" + names.of(RedisObjects.REDIS) + ":" + RedisObjects.PORT;
      default -> said;
    };
  }

  private Map<String, Object> pod(String component, int port, int management) {
    Map<String, Object> pod = pods.pod(container(component, port, management));
    pod.put("terminationGracePeriodSeconds", Containers.graceSeconds(settings.drain()));
    pod.put(
        "topologySpreadConstraints",
        List.of(
            Fields.of(
                "maxSkew",
                1,
                "topologyKey",
                "kubernetes.io/hostname",
                "whenUnsatisfiable",
                "ScheduleAnyway",
                "labelSelector",
                Fields.of("matchLabels", names.selector(component)))));
    return pod;
  }

  private Map<String, Object> container(String component, int port, int management) {
    List<String> arguments = new ArrayList<>();
    gateway.properties().forEach((key, value) -> arguments.add("--" + key + "=" + value));
    List<Map<String, Object>> ports =
        List.of(Containers.port("http", port), Containers.port("management", management));
    return Containers.probed(
        Fields.of(
            "name", component,
            "image", settings.images().own(component),
            "imagePullPolicy", settings.images().pull(),
            "args", arguments,
            "env", environment(component),
            "ports", ports,
            "resources", Containers.resources("500m", "768Mi"),
            "lifecycle", Containers.heardFirst(),
            "securityContext", Containers.security(),
            "volumeMounts", pods.mounts()));
  }

  private List<Map<String, Object>> environment(String component) {
    List<Map<String, Object>> environment = new ArrayList<>();
    environment.add(pods.secretFiles());
    String registry = "http://" + names.of(RegistryObjects.REGISTRY) + ":" + RegistryObjects.HTTP;
    environment.add(Containers.variable("TURNPIKE_REGISTRY_URL", registry));
    environment.add(
        Containers.variable(
            "SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE", settings.drain().toSeconds() + "s"));
    if (component.equals(PROXY)) {
      environment.add(Containers.variable("TURNPIKE_PROXY_MODE", gateway.mode()));
    }
    return environment;
  }
}
