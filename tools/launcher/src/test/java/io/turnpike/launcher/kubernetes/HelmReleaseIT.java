package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.kubernetes.RealCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
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

  private final String namespace = "t" + UUID.randomUUID().toString().substring(0, 8);
  private RealCluster cluster;
  private Helm helm;
  private @TempDir Path folder;

  @BeforeEach
  void createNamespace() {
    cluster = RealCluster.here();
    helm = Helm.in(folder);
    cluster.kubectl("create namespace " + namespace);
  }

  @AfterEach
  void deleteNamespace() {
    if (cluster != null) {
      cluster.kubectl("delete namespace " + namespace + " --wait=false");
    }
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

    String account = "system:serviceaccount:%s:%s-registry".formatted(namespace, RELEASE);
    assertThat(cluster.kubectl("-n " + namespace + " auth can-i --list --as=" + account))
        .containsPattern("(?m)^pods +\\[] +\\[] +\\[list watch]$")
        .doesNotContain("secrets");

    cluster.helm("uninstall %s -n %s".formatted(RELEASE, namespace));
    cluster.kubectl("-n %s wait --for=delete pods --all --timeout=50s".formatted(namespace));
    assertThat(
            cluster.kubectl(
                "-n %s get %s -l %s=%s -o name"
                    .formatted(namespace, KubernetesJobIT.ALL, Names.JOB, RELEASE)))
        .isEmpty();
  }

  @Test
  void everything_isTakenByTheServer_strictly() throws Exception {
    Path file = Files.writeString(folder.resolve("all.yaml"), helm.template(RELEASE, EVERYTHING));
    String taken =
        cluster.kubectl(
            "-n %s apply --server-side --validate=strict --dry-run=server -f %s"
                .formatted(namespace, file));
    assertThat(taken).contains("horizontalpodautoscaler", "servicemonitor", "dashboard-overview");
  }

  private void release(String how) {
    cluster.helm(
        "%s -n %s %s"
            .formatted(
                how.replaceFirst(" ", " " + RELEASE + " "),
                namespace,
                helm.chart(KubeValues.SIMULATED)));
  }

  private String get(String object, String path) {
    return cluster.kubectl("-n %s get %s -o jsonpath='%s'".formatted(namespace, object, path));
  }
}
