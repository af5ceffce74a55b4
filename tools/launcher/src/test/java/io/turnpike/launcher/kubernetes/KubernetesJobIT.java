package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.fixtures.kubernetes.TestNamespace;
import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobFolder.Condition;
import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.process.Termination;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a real API server whose nodes, and so their containers, are simulated. */
class KubernetesJobIT {

  static final String ALL =
      "serviceaccounts,roles,rolebindings,secrets,networkpolicies,services,poddisruptionbudgets,"
          + "statefulsets,deployments,pods";

  @AutoClose private final TestNamespace namespace = TestNamespace.create();

  /** More than the nodes have. */
  private static final String TOO_MUCH =
      KubeJobs.VLLM
          .replace("timeout: 20m", "timeout: 10s")
          .replace("parallel_size: 2", "parallel_size: 64");

  private final List<String> said = new CopyOnWriteArrayList<>();
  private @TempDir Path folder;
  private JobUser user;

  @BeforeEach
  void createUser() throws Exception {
    user = JobUser.create(namespace, folder);
  }

  @Test
  void job_isTaken_scaled_restarted_andLeavesNothing() throws Exception {
    JobFolder.Entry entry = entry(KubeJobs.VLLM);
    ClusterJob job = submit(entry);
    job.awaitUp(said::add);
    assertThat(said).contains("decode-1: ready", "decode-2: ready", "prefill-1: ready");
    JobStatus status = job.status();
    assertThat(status.condition()).isEqualTo(Condition.UP);
    assertThat(status.isWell()).isTrue();
    assertThat(status.url())
        .isEqualTo("http://" + name(entry) + "." + namespace.name() + ".svc:8021");
    assertThat(pod(entry, "decode-1", "{.spec.containers[0].resources.limits}"))
        .contains("\"nvidia.com/gpu\":\"1\"");

    RunningJob found = backEnd().find(entry);
    assertThatThrownBy(() -> submit(entry))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("there is a '" + name(entry) + "' in namespace " + namespace.name());
    namespace.kubectl("create service clusterip stray --tcp=80");
    namespace.kubectl("label service stray %s=%s".formatted(Names.JOB, name(entry)));
    found.scale(Role.DECODE, 4, said::add);
    job.awaitUp(said::add); // Whoever watches over the start has heard of it.
    assertThat(left(entry)).as("pruned").doesNotContain("stray");
    assertThat(workers(found)).contains("decode-3", "decode-4");
    found.scale(Role.DECODE, 1, said::add);
    assertThat(workers(backEnd().find(entry))).contains("decode-1").doesNotContain("decode-2");

    String before = pod(entry, "decode-1", "{.metadata.uid}");
    found.restart("decode-1", said::add);
    assertThat(pod(entry, "decode-1", "{.metadata.uid}")).isNotEqualTo(before);

    found.stop(said::add);
    assertThat(left(entry)).isEmpty();
    assertThat(found.status().condition()).isEqualTo(Condition.ENDED);
  }

  @Test
  void logs_areThoseOfAContainer_andWhatStartsSaysItsLastLine() throws Exception {
    JobFolder.Entry entry = entry(KubeJobs.SIMULATED);
    ClusterJob job = submit(entry);
    job.awaitUp(said::add);
    String pod = name(entry) + "-decode-1";
    namespace.kubectl("apply -f -", logs(pod, "starting up", "reading weights"));
    until(() -> hasLog(pod)); // The simulated kubelet hears of it a moment later.
    job.logs(new RunningJob.LogRequest("decode-1", 1, false), said::add);
    assertThat(said.getLast()).isEqualTo("reading weights");
    assertThatThrownBy(() -> job.logs(new RunningJob.LogRequest("decode-3", 1, false), said::add))
        .hasMessageStartingWith("no worker 'decode-3' (expected: decode-");

    said.clear();
    ready(pod, "=false");
    until(() -> !job.status().isWell());
    job.awaitUp(
        line -> {
          said.add(line);
          if (line.equals("decode-1: runs, not ready: reading weights")) {
            ready(pod, "-");
          }
        });
    assertThat(said).contains("decode-1: ready");
  }

  @Test
  void status_saysWhatTheRegistryKnowsOfWorkers() throws Exception {
    JobFolder.Entry entry = entry(KubeJobs.SIMULATED);
    ClusterJob job = submit(entry);
    job.awaitUp(said::add);
    assertThat(says(job, "registry")).contains("its nodes are not known: ");
    String nodes =
        """
        {"version": 7, "complete": true, "nodes": [
          {"id": "%s-decode-1", "role": "decode", "state": "ready", "epoch": "p1763"}]}
        """
            .formatted(name(entry));
    try (HttpAnswers registry = HttpAnswers.to("/v1/nodes", nodes)) {
      String pod = namespace.kubectl("get pods -o name | grep -o '[^/]*-registry-.*'");
      namespace.kubectl("apply -f -", forward(pod, registry.port()));
      until(() -> job.status().more().path("nodes").isArray());
      assertThat(says(job, "decode-1")).isEqualTo("ready; registered, ready, epoch p1763");
      assertThat(says(job, "decode-2")).isEqualTo("ready; not registered");
      assertThat(says(job, "proxy")).isEqualTo("ready");
      assertThat(job.status().more().path("nodes").path(0).path("role").asString())
          .isEqualTo("decode");
    }
  }

  private static String says(RunningJob job, String worker) throws InterruptedException {
    return job.status().processes().stream()
        .filter(it -> it.name().startsWith(worker))
        .map(JobStatus.Member::says)
        .findFirst()
        .orElseThrow();
  }

  /** Tells the simulated kubelet where a pod's registry is. */
  private String forward(String pod, int port) {
    return """
    apiVersion: kwok.x-k8s.io/v1alpha1
    kind: PortForward
    metadata: {name: %s, namespace: %s}
    spec: {forwards: [{ports: [10003], target: {address: 127.0.0.1, port: %d}}]}
    """
        .formatted(pod, namespace.name(), port);
  }

  private void ready(String pod, String how) {
    namespace.kubectl("annotate pod %s kube-tools/ready%s".formatted(pod, how));
  }

  /** Tells the simulated kubelet what a pod's container has said. */
  private String logs(String pod, String... lines) throws Exception {
    List<String> all = new ArrayList<>();
    for (String line : lines) {
      all.add("2026-01-02T03:04:05.000000000Z stdout F " + line);
    }
    Path file = Files.write(folder.resolve("container.log"), all);
    return """
    apiVersion: kwok.x-k8s.io/v1alpha1
    kind: Logs
    metadata: {name: %s, namespace: %s}
    spec: {logs: [{containers: [engine], logsFile: %s}]}
    """
        .formatted(pod, namespace.name(), file);
  }

  @Test
  void run_thatIsInterrupted_leavesNothing() throws Exception {
    JobFolder.Entry entry = entry(KubeJobs.SIMULATED);
    JobFile file = KubeJobs.job(Files.readString(entry.file()));
    AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
    Thread runner =
        new Thread(
            () -> {
              try {
                backEnd().run(file, entry, said::add);
              } catch (InterruptedException | RuntimeException e) {
                end.set(e);
              }
            });
    runner.start();
    until(() -> said.stream().anyMatch(line -> line.startsWith("Up: ")));
    runner.interrupt();
    assertThat(runner.join(Duration.ofSeconds(60))).isTrue();
    assertThat(end.get()).isInstanceOf(InterruptedException.class);
    assertThat(left(entry)).isEmpty();
    assertThat(said).contains("Stopped " + entry.id() + ".");
  }

  @Test
  void submit_thatIsInterrupted_leavesNothing() throws Exception {
    JobFolder.Entry entry = entry(KubeJobs.SIMULATED);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> submit(entry)).isInstanceOf(InterruptedException.class);
    assertThat(left(entry)).isEmpty();
  }

  @Test
  void registry_mayDoWhatItHasTo_andNothingElse() throws Exception {
    JobFolder.Entry entry = entry(KubeJobs.SIMULATED);
    submit(entry);
    String account = "system:serviceaccount:" + namespace.name() + ":" + name(entry) + "-registry";
    String rights = namespace.kubectl("auth can-i --list --as=" + account);
    assertThat(rights.lines().filter(line -> line.startsWith("pods")))
        .singleElement()
        .asString()
        .endsWith("[list watch]");
    for (String wrong :
        List.of("get secrets", "list secrets", "create pods", "delete pods", "get pods/log")) {
      assertThat(may(account, wrong)).as(wrong).isEqualTo("no");
    }
    assertThat(may(account, "list pods")).isEqualTo("yes");
    assertThat(may(account, "watch pods")).isEqualTo("yes");
    assertThat(may(account, "list pods -n default")).isEqualTo("no");
  }

  @Test
  void start_saysWhatItWaitsFor_andStopLeavesNothing() throws Exception {
    JobFolder.Entry entry = entry(TOO_MUCH);
    ClusterJob job = submit(entry);
    assertThatThrownBy(() -> job.awaitUp(said::add))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("is not ready after 10 s (timeout)");
    assertThat(said)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("prefill-1: waits for a node: ")
                    .contains("Insufficient nvidia.com/gpu"));
    job.stop(said::add);
    assertThat(left(entry)).isEmpty();
  }

  @Test
  void submit_leavesSomebodyWhoGivesTheStartUp_inTime() throws Exception {
    JobFolder.Entry entry = entry(TOO_MUCH);
    RunningJob job = backEnd().submit(KubeJobs.job(Files.readString(entry.file())), entry);
    assertThat(job.status().condition()).isEqualTo(Condition.STARTING);
    until(() -> entry.watcher() == null);
    assertThat(left(entry)).isEmpty();
    assertThat(job.status().condition()).isEqualTo(Condition.ENDED);
    job.logs(new RunningJob.LogRequest(null, 100, false), said::add);
    assertThat(said)
        .contains("given up: prefill-1 is not ready after 10 s (timeout)")
        .contains("Stopped " + entry.id() + ".");
  }

  @Test
  void submit_leavesNobody_whenAllIsUp() throws Exception {
    JobFolder.Entry entry = entry(KubeJobs.SIMULATED);
    RunningJob job = backEnd().submit(KubeJobs.job(Files.readString(entry.file())), entry);
    until(() -> entry.watcher() == null);
    assertThat(entry.wasUp()).isTrue();
    assertThat(job.status().condition()).isEqualTo(Condition.UP);
  }

  @Test
  void start_thatNobodyWatchesAnyMore_isSaidToBeLeftBehind() throws Exception {
    JobFolder.Entry entry = entry(TOO_MUCH.replace("timeout: 10s", "timeout: 10m"));
    RunningJob job = backEnd().submit(KubeJobs.job(Files.readString(entry.file())), entry);
    Termination.endAlone(Objects.requireNonNull(entry.watcher()), Duration.ofSeconds(10));
    assertThat(job.status().condition()).isEqualTo(Condition.LEFT_BEHIND);
    job.stop(said::add);
    assertThat(left(entry)).isEmpty();
  }

  @Test
  void objects_thatAreRefused_leaveNothing() throws Exception {
    JobFolder.Entry entry =
        entry(
            KubeJobs.VLLM.replace("hostPath: {path: /srv/models}", "hostPth: {path: /srv/models}"));
    assertThatThrownBy(() -> submit(entry))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("hostPth");
    assertThat(left(entry)).isEmpty();
  }

  private void until(Looks.Look look) throws InterruptedException {
    new Looks(said::add, Duration.ofMillis(50))
        .until(look, Duration.ofSeconds(60), () -> new StackException(said.toString()));
  }

  private boolean hasLog(String pod) {
    return !namespace.kubectl("logs " + pod + " 2>/dev/null || true").isEmpty();
  }

  private KubernetesBackEnd backEnd() {
    return user.backEnd();
  }

  private ClusterJob submit(JobFolder.Entry entry) throws Exception {
    return backEnd().begin(KubeJobs.job(Files.readString(entry.file())), entry);
  }

  private JobFolder.Entry entry(String yaml) throws Exception {
    return user.begin(yaml);
  }

  private static String name(JobFolder.Entry entry) {
    return Names.ofJob(entry.id()).job();
  }

  private static List<String> workers(RunningJob job) throws InterruptedException {
    return job.status().processes().stream().map(JobStatus.Member::name).toList();
  }

  private String pod(JobFolder.Entry entry, String worker, String path) {
    return namespace.kubectl("get pod %s-%s -o jsonpath='%s'".formatted(name(entry), worker, path));
  }

  private String left(JobFolder.Entry entry) {
    return user.left(entry, ALL);
  }

  private String may(String account, String what) {
    return namespace
        .kubectl("auth can-i " + what + " --as=" + account + " 2>/dev/null || true")
        .strip();
  }
}
