package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.JobFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The registry of a job, which finds its engines as pods, with the rights that this takes. */
final class RegistryObjects {

  static final String REGISTRY = "registry";
  static final int HTTP = 10_003;
  static final int MANAGEMENT = 10_090;

  /** Where it listens for pings of p2p-nccl engines. */
  static final int PINGS = 30_001;

  private final JobFile job;
  private final Names names;
  private final ServicePods pods;

  RegistryObjects(JobFile job, Names names) {
    this.job = job;
    this.names = names;
    this.pods = new ServicePods(names, job.target().kubernetes());
  }

  List<Manifest> manifests() {
    Map<String, Object> pod = pods.pod(container());
    pod.put("serviceAccountName", names.of(REGISTRY));
    pod.put("automountServiceAccountToken", true);
    List<Manifest> manifests = new ArrayList<>(rights());
    manifests.add(pods.service(REGISTRY, servicePorts()));
    manifests.add(pods.deployment(REGISTRY, 1, pod));
    return manifests;
  }

  /** It sees the pods of its namespace, and nothing else. */
  private List<Manifest> rights() {
    Map<String, Object> account = Fields.of("kind", "ServiceAccount", "name", names.of(REGISTRY));
    return List.of(
        Manifest.of(
            ObjectKind.SERVICE_ACCOUNT,
            names,
            REGISTRY,
            Fields.of("automountServiceAccountToken", false)),
        Manifest.of(
            ObjectKind.ROLE,
            names,
            REGISTRY,
            Fields.of(
                "rules",
                List.of(
                    Fields.of(
                        "apiGroups", List.of(""),
                        "resources", List.of("pods"),
                        "verbs", List.of("list", "watch"))))),
        Manifest.of(
            ObjectKind.ROLE_BINDING,
            names,
            REGISTRY,
            Fields.of(
                "roleRef",
                    Fields.of(
                        "apiGroup", "rbac.authorization.k8s.io",
                        "kind", "Role",
                        "name", names.of(REGISTRY)),
                "subjects", List.of(account))));
  }

  private List<Map<String, Object>> servicePorts() {
    List<Map<String, Object>> ports = new ArrayList<>();
    ports.add(Containers.servicePort("http", HTTP));
    if (isPinged(job)) {
      ports.add(Containers.servicePort("pings", PINGS));
    }
    return ports;
  }

  private Map<String, Object> container() {
    List<Map<String, Object>> environment = new ArrayList<>();
    environment.add(pods.secretFiles());
    environment.add(Containers.variable("TURNPIKE_REGISTRY_KUBERNETES_ENABLED", "true"));
    environment.add(Containers.variable("TURNPIKE_REGISTRY_KUBERNETES_SELECTOR", names.query()));
    List<Map<String, Object>> ports = new ArrayList<>();
    ports.add(Containers.port("http", HTTP));
    ports.add(Containers.port("management", MANAGEMENT));
    if (isPinged(job)) {
      // Who may ping is said by a network policy; which addresses pods have, nobody knows here.
      environment.add(Containers.variable("TURNPIKE_REGISTRY_ZMQBIND", "tcp://0.0.0.0:" + PINGS));
      environment.add(Containers.variable("TURNPIKE_REGISTRY_ALLOW", "0.0.0.0/0,::/0"));
      ports.add(Containers.port("pings", PINGS));
    }
    return Containers.probed(
        Fields.of(
            "name", REGISTRY,
            "image", pods.settings().images().own(REGISTRY),
            "imagePullPolicy", pods.settings().images().pull(),
            "env", environment,
            "ports", ports,
            "resources", Containers.resources("250m", "512Mi"),
            "lifecycle", Containers.heardFirst(),
            "securityContext", Containers.security(),
            "volumeMounts", pods.mounts()));
  }

  /** Whether engines of this job ping. */
  static boolean isPinged(JobFile job) {
    return job.groups().stream().anyMatch(group -> EnginePods.isPinging(job, group));
  }
}
