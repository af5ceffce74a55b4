package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.KubernetesSettings;
import java.util.List;
import java.util.Map;

/** A small Redis of a job's own. It is a cache: what it forgets costs a turn one prefill. */
final class RedisObjects {

  static final String REDIS = "redis";
  static final int PORT = 6379;

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
    return Fields.of(
        "automountServiceAccountToken", false,
        "enableServiceLinks", false,
        "imagePullSecrets", Containers.pullSecrets(settings),
        "securityContext",
            Fields.of(
                "runAsNonRoot",
                true,
                "runAsUser",
                999,
                "runAsGroup",
                1000,
                "seccompProfile",
                Fields.of("type", "RuntimeDefault")),
        "containers", List.of(container()),
        "volumes", Containers.tmpVolume());
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
