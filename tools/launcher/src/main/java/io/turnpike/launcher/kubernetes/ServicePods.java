package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.KubernetesSettings;
import java.util.List;
import java.util.Map;

/**
 * The pods of Turnpike's own services.
 *
 * @param names what they are called
 * @param settings what is said of their images
 */
record ServicePods(Names names, KubernetesSettings settings) {

  /** Nobody waits for these long; gateways get what their drain takes. */
  private static final int GRACE_SECONDS = 60;

  /** A pod of one container that has the job's keys. */
  Map<String, Object> pod(Map<String, Object> container) {
    Map<String, Object> keys =
        Fields.of("name", "keys", "secret", Fields.of("secretName", names.of(Secrets.KEYS)));
    List<Map<String, Object>> volumes = List.of(Containers.tmpVolume(), keys);
    Map<String, Object> pod =
        Containers.pod(settings, Containers.podSecurity(), container, volumes);
    pod.put("terminationGracePeriodSeconds", GRACE_SECONDS);
    return pod;
  }

  /** Where a container of such a pod finds what is there. */
  List<Map<String, Object>> mounts() {
    return List.of(
        Containers.tmpMount(),
        Fields.of("name", "keys", "mountPath", Containers.SECRETS, "readOnly", true));
  }

  /** Lets a service of ours read them. */
  Map<String, Object> secretFiles() {
    return Containers.variable(
        "SPRING_CONFIG_IMPORT", "optional:configtree:" + Containers.SECRETS + "/");
  }

  /** So many of them; a new one is ready before an old one is told to end. */
  Manifest deployment(String component, int replicas, Map<String, Object> pod) {
    return Manifest.of(
        ObjectKind.DEPLOYMENT,
        names,
        component,
        Fields.of(
            "spec",
            Fields.of(
                "replicas", replicas,
                "strategy",
                    Fields.of(
                        "type",
                        "RollingUpdate",
                        "rollingUpdate",
                        Fields.of("maxUnavailable", 0, "maxSurge", 1)),
                "selector", Fields.of("matchLabels", names.selector(component)),
                "template",
                    Fields.of(
                        "metadata", Fields.of("labels", names.labels(component)), "spec", pod))));
  }

  /** One at a time, when nodes are emptied. */
  Manifest budget(String component) {
    return Manifest.of(
        ObjectKind.POD_DISRUPTION_BUDGET,
        names,
        component,
        Fields.of(
            "spec",
            Fields.of(
                "maxUnavailable",
                1,
                "selector",
                Fields.of("matchLabels", names.selector(component)))));
  }

  /** A name and an address for the pods of a component. */
  Manifest service(String component, List<Map<String, Object>> ports) {
    return Manifest.of(
        ObjectKind.SERVICE,
        names,
        component,
        Fields.of("spec", Fields.of("selector", names.selector(component), "ports", ports)));
  }
}
