package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.kubernetes.TestNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases of the chart on a real API server whose nodes are simulated. */
class HelmReleaseIT {

  private static final String RELEASE = "chat";

  private static final String EVERYTHING =
      KubeValues.VLLM.replace(
              "proxy: {replicas: 2,", "proxy: {replicas: 2, autoscaling: {enabled: true},")
          + """
          registry: {replicas: 2, pings: true}
          monitoring: {serviceMonitor: true, dashboards: true, namespace: monitoring}
          """;

  @AutoClose private final TestNamespace namespace = TestNamespace.create();
  private Helm helm;
  private @TempDir Path folder;

  @BeforeEach
  void find() {
    helm = Helm.in(folder);
  }

  @Test
  void release_isInstalled_upgraded_andLeavesNothing() {
    release("install --wait --timeout 55s");
    String keys = get("secret " + RELEASE + "-keys", "{.data}");
    assertThat(keys).contains("turnpike.registry.admin-key", "turnpike.gateway.admin-key");
    assertThat(get("statefulset " + RELEASE + "-decode", "{.status.readyReplicas}")).isEqualTo("2");

    release("upgrade --wait --timeout 55s --set engines.decode.replicas=3,proxy.replicas=2");
    assertThat(get("statefulset " + RELEASE + "-decode", "{.status.readyReplicas}")).isEqualTo("3");
    assertThat(get("deployment " + RELEASE + "-proxy", "{.status.availableReplicas}"))
        .isEqualTo("2");
    assertThat(get("secret " + RELEASE + "-keys", "{.data}")).as("keys stay").isEqualTo(keys);

    String account = "system:serviceaccount:%s:%s-registry".formatted(namespace.name(), RELEASE);
    assertThat(namespace.kubectl("auth can-i --list --as=" + account))
        .containsPattern("(?m)^pods +\\[] +\\[] +\\[list watch]$")
        .doesNotContain("secrets");

    namespace.cluster().helm("uninstall %s -n %s".formatted(RELEASE, namespace.name()));
    namespace.kubectl("wait --for=delete pods --all --timeout=50s");
    assertThat(
            namespace.kubectl(
                "get %s -l %s=%s -o name".formatted(KubernetesJobIT.ALL, Names.JOB, RELEASE)))
        .isEmpty();
  }

  @Test
  void everything_isTakenByTheServer_strictly() throws Exception {
    Path file = Files.writeString(folder.resolve("all.yaml"), helm.template(RELEASE, EVERYTHING));
    String taken =
        namespace.kubectl("apply --server-side --validate=strict --dry-run=server -f " + file);
    assertThat(taken).contains("horizontalpodautoscaler", "servicemonitor", "dashboard-overview");
  }

  private void release(String how) {
    namespace
        .cluster()
        .helm(
            "%s -n %s %s"
                .formatted(
                    how.replaceFirst(" ", " " + RELEASE + " "),
                    namespace.name(),
                    helm.chart(KubeValues.SIMULATED)));
  }

  private String get(String object, String path) {
    return namespace.kubectl("get %s -o jsonpath='%s'".formatted(object, path));
  }
}
