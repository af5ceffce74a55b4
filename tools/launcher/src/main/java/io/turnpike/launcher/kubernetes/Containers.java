package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.KubernetesSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What pods of Turnpike's own programs have in common. The chart says the same. */
final class Containers {

  /** The user of Turnpike's images. */
  static final int USER = 10_001;

  /** Where secrets are files, each named as the property that it sets. */
  static final String SECRETS = "/run/turnpike";

  /** Until everybody has heard that a pod ends, nobody is refused there. */
  static final int HEARD_SECONDS = 5;

  /** Besides the drain: to end. */
  private static final int TO_END_SECONDS = 30;

  private Containers() {}

  /** How long a pod may take to end that lets the turns under way there end. */
  static long graceSeconds(Duration drain) {
    return HEARD_SECONDS + drain.toSeconds() + TO_END_SECONDS;
  }

  /** A pod of one container; none of them sees the API server unless it is said. */
  static Map<String, Object> pod(
      KubernetesSettings settings,
      Map<String, Object> security,
      Map<String, Object> container,
      List<Map<String, Object>> volumes) {
    List<Map<String, Object>> secrets = new ArrayList<>();
    settings.images().pullSecrets().forEach(name -> secrets.add(Fields.of("name", name)));
    return Fields.of(
        "automountServiceAccountToken",
        false,
        "enableServiceLinks",
        false,
        "imagePullSecrets",
        secrets,
        "securityContext",
        security,
        "containers",
        List.of(container),
        "volumes",
        volumes);
  }

  /** Of all pods whose programs need neither root nor a file system. */
  static Map<String, Object> podSecurity() {
    return Fields.of(
        "runAsNonRoot",
        true,
        "runAsUser",
        USER,
        "runAsGroup",
        USER,
        "seccompProfile",
        Fields.of("type", "RuntimeDefault"));
  }

  static Map<String, Object> security() {
    return Fields.of(
        "allowPrivilegeEscalation", false,
        "readOnlyRootFilesystem", true,
        "capabilities", Fields.of("drop", List.of("ALL")));
  }

  static Map<String, Object> tmpMount() {
    return Fields.of("name", "tmp", "mountPath", "/tmp");
  }

  static Map<String, Object> tmpVolume() {
    return Fields.of("name", "tmp", "emptyDir", Fields.present());
  }

  static Map<String, Object> port(String name, int number) {
    return Fields.of("name", name, "containerPort", number);
  }

  /** A port of a Service that leads to a container's port of the same name. */
  static Map<String, Object> servicePort(String name, int number) {
    return Fields.of("name", name, "port", number, "targetPort", name);
  }

  static Map<String, Object> variable(String name, String value) {
    return Fields.of("name", name, "value", value);
  }

  static Map<String, Object> get(String path, String port) {
    return Fields.of("path", path, "port", port);
  }

  /** Memory is a limit, because a JVM takes what it may; processor time is not. */
  static Map<String, Object> resources(String cpu, String memory) {
    return Fields.of(
        "requests", Fields.of("cpu", cpu, "memory", memory), "limits", Fields.of("memory", memory));
  }

  /** The three probes of a service of ours, on its management port. */
  static Map<String, Object> probed(Map<String, Object> container) {
    container.put(
        "startupProbe",
        Fields.of(
            "httpGet", get("/actuator/health/liveness", "management"),
            "periodSeconds", 2,
            "timeoutSeconds", 5,
            "failureThreshold", 90));
    container.put(
        "livenessProbe",
        Fields.of(
            "httpGet", get("/actuator/health/liveness", "management"),
            "periodSeconds", 10,
            "timeoutSeconds", 5,
            "failureThreshold", 6));
    container.put(
        "readinessProbe",
        Fields.of(
            "httpGet", get("/actuator/health/readiness", "management"),
            "periodSeconds", 2,
            "timeoutSeconds", 5,
            "failureThreshold", 3));
    return container;
  }

  /** Waits before SIGTERM: a pod that ends is still asked by those who have not heard of it. */
  static Map<String, Object> heardFirst() {
    return Fields.of("preStop", Fields.of("sleep", Fields.of("seconds", HEARD_SECONDS)));
  }

  /** A small program that containers are given as an argument. */
  static String resource(String name) {
    try (InputStream stream = Containers.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
