package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnpike.fixtures.kubernetes.RealCluster;
import io.turnpike.fixtures.kubernetes.TcpRelay;
import io.turnpike.fixtures.kubernetes.TestNamespace;
import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Engines that are pods of a real API server, with no more rights than docs/registry.md says. */
@ExtendWith(OutputCaptureExtension.class)
class RealPodsIT {

  @AutoClose private final TestNamespace namespace = TestNamespace.create();
  private final RealCluster cluster = namespace.cluster();
  private @TempDir Path folder;

  @BeforeEach
  void createAccount() throws IOException {
    namespace.kubectl("create serviceaccount watcher");
    namespace.kubectl("create role pods --verb=list,watch --resource=pods");
    Files.writeString(folder.resolve("token"), namespace.kubectl("create token watcher"));
  }

  private void allow() {
    namespace.kubectl(
        "create rolebinding watcher --role=pods --serviceaccount=%s:watcher"
            .formatted(namespace.name()));
  }

  @Test
  void pods_areNodes_fromTheirFirstReadinessToTheirEnd() {
    allow();
    try (RunningRegistry registry = start(cluster.url())) {
      create("d-0");
      Eventually.until("found", () -> registry.node("d-0") != null);
      String pod = "annotate --overwrite pod d-0 kube-tools/ready";
      namespace.kubectl(pod + "=false");
      Eventually.until("withheld", () -> registry.is("d-0", NodeState.DRAINING));
      namespace.kubectl(pod + "-");
      Eventually.until("offered", () -> !registry.is("d-0", NodeState.DRAINING));

      namespace.kubectl("delete pod d-0 --wait=false");
      Eventually.until("ends", () -> registry.is("d-0", NodeState.DRAINING));
      Eventually.until("gone", () -> registry.node("d-0") == null);
    }
  }

  @Test
  void watch_goesOn_afterTheWireWasCut() {
    allow();
    URI api = URI.create(cluster.url());
    try (TcpRelay relay = TcpRelay.to(new InetSocketAddress(api.getHost(), api.getPort()));
        RunningRegistry registry = start("https://127.0.0.1:" + relay.port())) {
      create("d-0");
      Eventually.until("found", () -> registry.node("d-0") != null);
      relay.cut();
      create("d-1");
      namespace.kubectl("delete pod d-0 --now --wait=false");
      Eventually.until("noticed", () -> registry.gauge("turnpike.registry.pods.lost") > 0);
      relay.mend();
      Eventually.until("came meanwhile", () -> registry.node("d-1") != null);
      Eventually.until("went meanwhile", () -> registry.node("d-0") == null);
    }
  }

  @Test
  void node_isReady_whenItsEngineAnswersAtThePodsAddress() {
    allow();
    try (RunningRegistry registry = start(cluster.url())) {
      create("d-0");
      Eventually.until("found", () -> registry.node("d-0") != null);
      Node node = Objects.requireNonNull(registry.node("d-0"));
      assumeTrue(node.url().getHost().startsWith("127."), "pods have no addresses of this machine");
      try (TestEngine _ = TestEngine.startAt(node.url().getHost(), node.url().getPort())) {
        Eventually.until("ready", () -> registry.is("d-0", NodeState.READY));
      }
    }
  }

  @Test
  void start_isRefused_withoutTheRight(CapturedOutput output) {
    String url = cluster.url();
    assertThatThrownBy(() -> start(url)).isInstanceOf(Exception.class);
    assertThat(output.getErr())
        .contains(
            "cannot start: turnpike.registry.kubernetes.enabled: may not list and watch pods in"
                + " namespace "
                + namespace.name());
  }

  private void create(String pod) {
    String json =
        """
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"name": "%s",
                      "labels": {"turnpike.io/role": "decode", "turnpike.io/port": "8000"},
                      "annotations": {"kube-tools/stop-delay": "3s"}},
         "spec": {"containers": [{"name": "engine", "image": "x"}]}}
        """
            .formatted(pod);
    namespace.kubectl("create -f -", json);
  }

  private RunningRegistry start(String api) {
    return RunningRegistry.start(
        "--turnpike.registry.kubernetes.enabled=true",
        "--turnpike.registry.kubernetes.namespace=" + namespace.name(),
        "--turnpike.registry.kubernetes.api-server=" + api,
        "--turnpike.registry.kubernetes.token-file=" + folder.resolve("token"),
        "--turnpike.registry.kubernetes.ca-file=" + cluster.ca());
  }
}
