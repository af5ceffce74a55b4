package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobFolder.Condition;
import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.job.Restarts;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job whose objects were applied. What it says of itself is what its pods are. */
final class KubernetesJob implements ClusterJob {

  private final KubeApi api;
  private final JobFolder.Entry entry;
  private final Names names;
  private final JobPods pods;
  private Applied applied;

  KubernetesJob(KubeApi api, JobFolder.Entry entry, Applied applied) {
    this.api = api;
    this.entry = entry;
    this.applied = applied;
    this.names = applied.names();
    this.pods = new JobPods(api, names);
  }

  /** Applies all; what cannot be applied takes the rest with it. */
  void apply(List<Manifest> manifests) throws InterruptedException {
    boolean all = false;
    try {
      for (Manifest manifest : manifests) {
        api.apply(manifest);
      }
      all = true;
    } finally {
      if (!all) {
        new Teardown(api, applied).atOnce();
        entry.over();
      }
    }
  }

  // --- Up ---

  @Override
  public void awaitUp(Consumer<String> out) throws InterruptedException {
    awaitReady(applied.wanted(), applied.timeout(), out);
  }

  /** Returns when those components are complete; one of their pods that fails ends it. */
  private void awaitReady(Map<String, Integer> wanted, Duration patience, Consumer<String> out)
      throws InterruptedException {
    Teller teller = new Teller(out);
    AtomicReference<List<PodView>> last = new AtomicReference<>(List.of());
    AtomicReference<@Nullable PodView> lost = new AtomicReference<>();
    new Looks(out)
        .until(
            () -> {
              List<PodView> now = new ArrayList<>(pods.all());
              now.removeIf(pod -> !wanted.containsKey(pod.component()));
              teller.tell(now, pods);
              last.set(now);
              lost.set(now.stream().filter(PodView::isLost).findFirst().orElse(null));
              return lost.get() != null || JobPods.areComplete(now, wanted);
            },
            patience,
            () -> late(last.get(), patience));
    PodView pod = lost.get();
    if (pod != null) {
      throw lost(pod);
    }
  }

  private StackException lost(PodView pod) throws InterruptedException {
    return new StackException(pod.worker() + " " + pod.hopeless(), pods.lastLines(pod));
  }

  private static StackException late(List<PodView> pods, Duration patience) {
    String when = "after " + patience.toSeconds() + " s (timeout)";
    List<String> waiting = new ArrayList<>();
    for (PodView pod : pods) {
      if (!pod.ready()) {
        waiting.add(pod.worker() + ": " + pod.says());
      }
    }
    return waiting.isEmpty()
        ? new StackException("not all pods are there " + when)
        : new StackException(
            waiting.getFirst().replaceFirst(": .*", "") + " is not ready " + when, waiting);
  }

  @Override
  public StackException untilLost(Consumer<String> out) throws InterruptedException {
    Teller teller = new Teller(out);
    teller.know(pods.all());
    Map<String, Integer> known = new HashMap<>();
    Restarts restarts = new Restarts();
    AtomicReference<@Nullable PodView> lost = new AtomicReference<>();
    new Looks(out)
        .until(
            () -> {
              List<PodView> now = pods.all();
              teller.tell(now);
              for (PodView pod : now) {
                if (!isBearable(pod, known, restarts)) {
                  lost.set(pod);
                }
              }
              return lost.get() != null || isGone();
            });
    PodView pod = lost.get();
    return pod == null
        ? new StackException("the objects of job " + names.job() + " are gone")
        : lost(pod);
  }

  /** Kubernetes starts again what ends, for ever; as often in a row as elsewhere is enough. */
  private static boolean isBearable(PodView pod, Map<String, Integer> known, Restarts restarts) {
    Integer before = known.put(pod.uid(), pod.restarts());
    boolean bearable = true;
    for (int i = before == null ? pod.restarts() : before; i < pod.restarts(); i++) {
      bearable = restarts.pause(pod.worker(), System.nanoTime()) != null;
    }
    return bearable;
  }

  private boolean isGone() throws InterruptedException {
    return api.list(ObjectKind.DEPLOYMENT, pods.selector()).isEmpty();
  }

  // --- How it is ---

  @Override
  public JobStatus status() throws InterruptedException {
    List<PodView> now = pods.all();
    List<JobStatus.Member> processes = new ArrayList<>();
    for (PodView pod : now) {
      String place = pod.node().isEmpty() ? pod.name() : pod.name() + " on " + pod.node();
      processes.add(new JobStatus.Member(pod.worker(), place, pod.ready(), pod.says()));
    }
    Condition condition = condition(now);
    return new JobStatus(
        condition,
        condition == Condition.ENDED ? "" : url(),
        processes,
        JsonMapper.shared().createObjectNode());
  }

  /** A gateway is ready when it has engines. */
  private Condition condition(List<PodView> now) throws InterruptedException {
    if (now.isEmpty() && isGone()) {
      return Condition.ENDED;
    }
    return now.stream().anyMatch(pod -> pod.ready() && GatewayObjects.isGateway(pod.component()))
        ? Condition.UP
        : Condition.STARTING;
  }

  /** Where clients go; empty while nobody knows. */
  private String url() throws InterruptedException {
    JsonNode service = api.get(ObjectKind.SERVICE, names.job());
    if (service == null) {
      return "";
    }
    JsonNode port = service.path("spec").path("ports").path(0);
    JsonNode outside = service.path("status").path("loadBalancer").path("ingress").path(0);
    String host = outside.path("ip").asString(outside.path("hostname").asString(""));
    return "http://"
        + (host.isEmpty() ? names.job() + "." + api.namespace() + ".svc" : host)
        + ":"
        + port.path("port").asInt();
  }

  @Override
  public void logs(LogRequest request, Consumer<String> out) throws InterruptedException {
    if (request.process() == null) {
      Teller teller = new Teller(out);
      new Looks(out)
          .until(
              () -> {
                teller.tell(pods.all());
                return !request.follow();
              });
      return;
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("tailLines", Integer.toString(request.lines()));
    query.put("follow", Boolean.toString(request.follow()));
    try {
      api.log(pods.named(request.process()).name(), query, out);
    } catch (IOException e) {
      throw new StackException("the log of " + request.process() + " broke off: " + e.getMessage());
    }
  }

  // --- Changes ---

  @Override
  public void scale(Role role, int replicas, Consumer<String> out) throws InterruptedException {
    String component = role.word();
    Applied.Kept set = applied.find(ObjectKind.STATEFUL_SET, names.of(component));
    if (set == null) {
      throw new StackException(
          "job %s has no %s workers (expected: a group of its file)"
              .formatted(names.job(), component));
    }
    Applied.Kept scaled = set.scaled(replicas);
    api.apply(scaled.manifest());
    applied = applied.with(scaled);
    applied.write(entry);
    new Teardown(api, applied).prune();
    Duration patience = applied.timeout().plus(Teardown.toEnd(applied.drain()));
    awaitReady(Map.of(component, replicas), patience, out);
  }

  @Override
  public void restart(String worker, Consumer<String> out) throws InterruptedException {
    PodView pod = pods.named(worker);
    api.deletePod(pod.name());
    out.accept(pod.worker() + ": ends");
    Duration toEnd = Teardown.toEnd(applied.drain());
    new Looks(out)
        .until(
            () -> pods.of(pod.component()).stream().noneMatch(it -> it.uid().equals(pod.uid())),
            toEnd,
            () ->
                new StackException(
                    pod.worker() + " does not end within " + toEnd.toSeconds() + " s"));
    Map<String, Integer> wanted = new HashMap<>(applied.wanted());
    wanted.keySet().retainAll(List.of(pod.component()));
    awaitReady(wanted, applied.timeout(), out);
  }

  @Override
  public void stop(Consumer<String> out) throws InterruptedException {
    Teardown teardown = new Teardown(api, applied);
    if (!teardown.isAnythingLeft()) {
      out.accept("Nothing was running.");
      return;
    }
    teardown.all(out);
    out.accept("Stopped " + entry.id() + ".");
  }
}
