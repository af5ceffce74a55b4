package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.KubernetesSettings;
import java.util.List;
import java.util.Map;

/** A small Redis of a job's own. It is a cache: what it forgets costs a turn one prefill. */
final class RedisObjects {

  static final String REDIS = "redis";
  static final int PORT = 6379;

  /** Of Redis' own image. */
  private static final int USER = 999;

  private static final int GROUP = 1000;

  private final Names names;
  private final KubernetesSettings settings;

  RedisObjects(Names names, KubernetesSettings settings) {
    this.names = names;
    this.settings = settings;
  }

  List<Manifest> manifests() {
    ServicePods pods = new ServicePods(names, settings);
    return List.of(
        pods.service(REDIS, List.of(Containers.servicePort("redis", PORT))),
        pods.deployment(REDIS, 1, pod()));
  }

  private Map<String, Object> pod() {
    Map<String, Object> security = Containers.podSecurity();
    security.put("runAsUser", USER);
    security.put("runAsGroup", GROUP);
    return Containers.pod(settings, security, container(), List.of(Containers.tmpVolume()));
  }

  private Map<String, Object> container() {
    Map<String, Object> ping =
        Fields.of(
            "exec", Fields.of("command", List.of("redis-cli", "ping")),
            "periodSeconds", 5,
            "timeoutSeconds", 5,
            "failureThreshold", 6);
    return Fields.of(
        "name", REDIS,
        "image", settings.images().redis(),
        "imagePullPolicy", settings.images().pull(),
        "args",
            List.of(
                "--save",
                "",
                "--appendonly",
                "no",
                "--maxmemory",
                "192mb",
                "--maxmemory-policy",
                "allkeys-lru"),
        "ports", List.of(Containers.port("redis", PORT)),
        "resources", Containers.resources("100m", "256Mi"),
        "readinessProbe", ping,
        "livenessProbe", ping,
        "securityContext", Containers.security(),
        "volumeMounts", List.of(Fields.of("name", "tmp", "mountPath", "/data")));
  }
}
