package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.fixtures.kubernetes.TestNamespace;
import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Workers of several pods on a real API server. It knows the kind; what that kind's controller does
 * is done here: pods of both templates, named and labelled as by it.
 */
class SpanningWorkersIT {

  private static final String KIND = "crd leaderworkersets.leaderworkerset.x-k8s.io";
  private static final String ALL = KubernetesJobIT.ALL + ",leaderworkersets";

  @AutoClose private final TestNamespace namespace = TestNamespace.create();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private @TempDir Path folder;

  @Test
  void workers_spanPods_andLeaveNothing_andAClusterWithoutTheKindSaysSo() throws Exception {
    JobUser user = JobUser.spanning(namespace, folder);
    JobFolder.Entry entry = user.begin(KubeJobs.SPANNING);
    namespace.kubectl("delete " + KIND + " --ignore-not-found");
    assertThatThrownBy(() -> submit(user, entry))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("the cluster has no LeaderWorkerSet (expected: installed as on http");
    assertThat(user.left(entry, KubernetesJobIT.ALL)).isEmpty();

    namespace.kubectl("apply -f -", definition());
    try {
      namespace.kubectl("wait --for=condition=Established --timeout=30s " + KIND);
      new Looks(said::add)
          .until(this::isServed, Duration.ofSeconds(30), () -> new StackException("not served"));
      lifeOf(user, user.begin(KubeJobs.SPANNING));
    } finally {
      namespace.kubectl("delete " + KIND);
    }
  }

  /** A server that has just heard of a kind answers a moment later. */
  private boolean isServed() {
    return namespace.kubectl("get leaderworkersets 2>&1 || true").startsWith("No resources");
  }

  private void lifeOf(JobUser user, JobFolder.Entry entry) throws Exception {
    ClusterJob job = submit(user, entry);
    createPods(entry, 0);
    createPods(entry, 1);
    job.awaitUp(said::add);
    assertThat(said).contains("decode-0: ready", "decode-0-1: ready", "decode-1-1: ready");
    assertThat(job.status().processes())
        .extracting(JobStatus.Member::name)
        .contains("prefill-1", "decode-0", "decode-0-1", "decode-1", "decode-1-1");

    Thread controller = Thread.startVirtualThread(() -> deletePods(entry, 1));
    job.scale(Role.DECODE, 1, said::add);
    controller.join();
    assertThat(namespace.kubectl("get leaderworkersets -o jsonpath='{..spec.replicas}'"))
        .isEqualTo("1");

    Thread collector = Thread.startVirtualThread(() -> deletePods(entry, 0));
    job.stop(said::add);
    collector.join();
    assertThat(user.left(entry, ALL)).isEmpty();
  }

  private static ClusterJob submit(JobUser user, JobFolder.Entry entry) throws Exception {
    return user.backEnd().begin(KubeJobs.job(Files.readString(entry.file())), entry);
  }

  private static List<String> pods(JobFolder.Entry entry, int group) {
    String first = Names.ofJob(entry.id()).of("decode-" + group);
    return List.of(first, first + "-1");
  }

  private void deletePods(JobFolder.Entry entry, int group) {
    namespace.kubectl("delete pod " + String.join(" ", pods(entry, group)));
  }

  /** The pods of one worker, each checked as strictly as if it had been applied by itself. */
  private void createPods(JobFolder.Entry entry, int group) {
    JsonNode template =
        JsonMapper.shared()
            .readTree(namespace.kubectl("get leaderworkersets -o json"))
            .path("items")
            .path(0)
            .path("spec")
            .path("leaderWorkerTemplate");
    List<String> names = pods(entry, group);
    createPod(names.getFirst(), template.path("leaderTemplate"));
    createPod(names.getLast(), template.path("workerTemplate"));
  }

  private void createPod(String name, JsonNode template) {
    ObjectNode pod = ((ObjectNode) template.deepCopy()).put("apiVersion", "v1").put("kind", "Pod");
    ((ObjectNode) pod.path("metadata")).put("name", name);
    namespace.kubectl("create --validate=strict -f -", pod.toString());
  }

  private static String definition() throws IOException {
    try (InputStream file = SpanningWorkersIT.class.getResourceAsStream("leaderworkersets.yaml")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
