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
    List<Manifest> objects) {

  private static final TypeReference<Applied> TYPE = new TypeReference<>() {};

  Applied {
    objects = List.copyOf(objects);
  }

  /** What is kept in a job's folder. */
  static Applied read(JobFolder.Entry entry) {
    try {
      return JsonMapper.shared().readValue(entry.recall(), TYPE);
    } catch (JacksonException e) {
      throw new StackException(
          "job %s: what was applied cannot be read: %s"
              .formatted(entry.id(), e.getOriginalMessage()));
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
    for (Manifest it : objects) {
      if (it.kind().hasPods()) {
        wanted.put(it.name().substring(job.length() + 1), it.pods());
      }
    }
    return wanted;
  }

  /** The kinds that its objects may be of; others need no right. */
  List<ObjectKind> kinds() {
    List<ObjectKind> kinds = new ArrayList<>(List.of(ObjectKind.values()));
    kinds.removeIf(kind -> kind.isExtra() && !has(kind));
    return kinds;
  }

  boolean has(ObjectKind kind) {
    return objects.stream().anyMatch(it -> it.kind() == kind);
  }

  /** The object of that kind and name; null if there is none. */
  @Nullable Manifest find(ObjectKind kind, String name) {
    return objects.stream()
        .filter(it -> it.kind() == kind && it.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The same with one object otherwise. */
  Applied with(Manifest other) {
    List<Manifest> all = new ArrayList<>(objects);
    all.replaceAll(it -> it.kind() == other.kind() && it.name().equals(other.name()) ? other : it);
    return new Applied(context, namespace, job, timeoutSeconds, drainSeconds, all);
  }
}
