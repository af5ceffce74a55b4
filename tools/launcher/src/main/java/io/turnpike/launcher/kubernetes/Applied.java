package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.KubernetesSettings.Cluster;
import io.turnpike.launcher.stack.StackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was applied for a job, kept in its folder, so that it can be changed and taken away without
 * the job file, which may have changed meanwhile. No Secret is in it.
 *
 * @param context of the kubeconfig
 * @param namespace where it is
 * @param job its name there
 * @param timeoutSeconds how long a start may take
 * @param drainSeconds how long an engine may take to end
 * @param objects all objects
 */
record Applied(
    @Nullable String context,
    String namespace,
    String job,
    long timeoutSeconds,
    long drainSeconds,
    List<Kept> objects) {

  private static final TypeReference<Applied> TYPE = new TypeReference<>() {};

  Applied {
    objects = List.copyOf(objects);
  }

  /** One object. */
  record Kept(ObjectKind kind, String name, Map<String, Object> tree) {
    Manifest manifest() {
      return new Manifest(kind, name, tree);
    }

    private boolean isWorkload() {
      return kind == ObjectKind.STATEFUL_SET || kind == ObjectKind.DEPLOYMENT;
    }

    private int replicas() {
      JsonNode spec = JsonMapper.shared().valueToTree(tree.get("spec"));
      return spec.path("replicas").asInt(1);
    }

    /** The same with so many pods. */
    Kept scaled(int replicas) {
      Map<String, Object> spec = new LinkedHashMap<>();
      if (tree.get("spec") instanceof Map<?, ?> before) {
        before.forEach((key, value) -> spec.put(String.valueOf(key), value));
      }
      spec.put("replicas", replicas);
      Map<String, Object> other = new LinkedHashMap<>(tree);
      other.put("spec", spec);
      return new Kept(kind, name, other);
    }
  }

  static List<Kept> kept(List<Manifest> manifests) {
    List<Kept> kept = new ArrayList<>();
    manifests.forEach(it -> kept.add(new Kept(it.kind(), it.name(), it.tree())));
    return kept;
  }

  /** What is kept in a job's folder. */
  static Applied read(JobFolder.Entry entry) {
    try {
      return JsonMapper.shared().readValue(entry.recall(), TYPE);
    } catch (JacksonException e) {
      throw new StackException("job " + entry.id() + " was never begun on Kubernetes");
    }
  }

  void write(JobFolder.Entry entry) {
    entry.remember(JsonMapper.shared().writeValueAsString(this));
  }

  Names names() {
    return new Names(job);
  }

  Cluster cluster() {
    return new Cluster(context, namespace);
  }

  Duration timeout() {
    return Duration.ofSeconds(timeoutSeconds);
  }

  Duration drain() {
    return Duration.ofSeconds(drainSeconds);
  }

  /** How many pods there should be of each component. */
  Map<String, Integer> wanted() {
    Map<String, Integer> wanted = new LinkedHashMap<>();
    for (Kept it : objects) {
      if (it.isWorkload()) {
        wanted.put(it.name().substring(job.length() + 1), it.replicas());
      }
    }
    return wanted;
  }

  /** The object of that kind and name; null if there is none. */
  @Nullable Kept find(ObjectKind kind, String name) {
    return objects.stream()
        .filter(it -> it.kind() == kind && it.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The same with one object otherwise. */
  Applied with(Kept other) {
    List<Kept> all = new ArrayList<>();
    for (Kept it : objects) {
      all.add(it.kind() == other.kind() && it.name().equals(other.name()) ? other : it);
    }
    return new Applied(context, namespace, job, timeoutSeconds, drainSeconds, all);
  }
}
