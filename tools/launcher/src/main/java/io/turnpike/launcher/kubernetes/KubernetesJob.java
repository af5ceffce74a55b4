package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobFolder.Condition;
import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.process.LogFile;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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
    // Somebody else may scale it meanwhile.
    new PodWatch(pods, out).awaitReady(() -> Applied.read(entry).wanted(), applied.timeout());
  }

  @Override
  public StackException untilLost(Consumer<String> out) throws InterruptedException {
    return new PodWatch(pods, out).untilLost();
  }

  // --- How it is ---

  @Override
  public JobStatus status() throws InterruptedException {
    List<PodView> now = pods.all();
    RegistryNodes registry = RegistryNodes.ask(api, now);
    List<JobStatus.Member> processes = new ArrayList<>();
    for (PodView pod : now) {
      String place = pod.node().isEmpty() ? pod.name() : pod.name() + " on " + pod.node();
      processes.add(new JobStatus.Member(pod.worker(), place, pod.ready(), registry.says(pod)));
    }
    ObjectNode more = JsonMapper.shared().createObjectNode();
    more.set("nodes", registry.nodes());
    Condition condition = condition(now);
    return new JobStatus(condition, condition == Condition.ENDED ? "" : url(), processes, more);
  }

  /** A gateway is ready when it has engines. */
  private Condition condition(List<PodView> now) throws InterruptedException {
    if (now.isEmpty() && pods.areGone()) {
      return Condition.ENDED;
    }
    if (now.stream().anyMatch(pod -> pod.ready() && GatewayObjects.isGateway(pod.component()))) {
      return Condition.UP;
    }
    return entry.wasUp() || entry.watcher() != null ? Condition.STARTING : Condition.LEFT_BEHIND;
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
      LogFile.last(entry.output(), request.lines()).forEach(out);
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
    api.log(pods.named(request.process()).name(), query, out);
  }

  // --- Changes ---

  @Override
  public void scale(Role role, int replicas, Consumer<String> out) throws InterruptedException {
    String component = role.word();
    Manifest scaled = workers(component).scaled(replicas);
    api.apply(scaled);
    applied = applied.with(scaled);
    applied.write(entry);
    new Teardown(api, applied).prune();
    Map<String, Integer> wanted = Map.of(component, scaled.pods());
    Duration patience = applied.timeout().plus(Teardown.toEnd(applied.drain()));
    new PodWatch(pods, out).awaitReady(() -> wanted, patience);
  }

  private Manifest workers(String component) {
    for (ObjectKind kind : ObjectKind.WORKERS) {
      Manifest set = applied.find(kind, names.of(component));
      if (set != null) {
        return set;
      }
    }
    throw new StackException(
        "job %s has no %s workers (expected: a group of its file)"
            .formatted(names.job(), component));
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
    new PodWatch(pods, out).awaitReady(() -> wanted, applied.timeout());
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
