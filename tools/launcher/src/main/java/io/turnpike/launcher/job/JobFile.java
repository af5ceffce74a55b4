package io.turnpike.launcher.job;

import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.node.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a job file says; {@code docs/job.md} lists its keys. Immutable.
 *
 * @param timeout how long all may take together to become healthy
 * @param gpus GPUs in the cluster; null: not said
 * @param gpusPerWorker GPUs of one vLLM worker process
 * @param workingFolder where processes work; null: where the command was typed
 * @param environment of everybody
 * @param secrets names in that environment that came from {@code env_file}, never shown
 * @param target where it runs
 * @param restarts whether what ends when the job is up is started again
 * @param scheduler what clients talk to
 * @param engines what the workers are
 * @param groups the workers, prefill first
 * @param places where its keys stand
 */
public record JobFile(
    Duration timeout,
    @Nullable Integer gpus,
    int gpusPerWorker,
    @Nullable Path workingFolder,
    Map<String, String> environment,
    Set<String> secrets,
    Target target,
    boolean restarts,
    Scheduler scheduler,
    Engines engines,
    List<Group> groups,
    Places places) {

  /** The back end that is taken where nothing is said: this machine. */
  public static final String LOCAL = "local";

  /** The back ends there are. */
  public static final List<String> BACKENDS = List.of(LOCAL, "ray", "kubernetes");

  public JobFile {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    secrets = Set.copyOf(secrets);
    groups = List.copyOf(groups);
  }

  /**
   * Where a job runs: a section a back end, so that one file can be used on each.
   *
   * @param backEnd the one that is chosen
   * @param image what workers run where they are containers; null: not said
   * @param ray what is said of Ray
   * @param kubernetes what is said of Kubernetes
   */
  public record Target(
      String backEnd, @Nullable String image, RaySettings ray, KubernetesSettings kubernetes) {

    static final Target STANDARD =
        new Target(LOCAL, null, RaySettings.STANDARD, KubernetesSettings.STANDARD);
  }

  /**
   * What the workers are.
   *
   * @param kind real or simulated
   * @param health the path that answers 200 as soon as one can be used
   * @param vllm the program, on this machine
   * @param devices the GPUs that are handed out on this machine, in this order; null: from 0 on
   * @param speed the simulators' clock: 1 real time, 0 answers at once
   */
  public record Engines(
      EngineKind kind, String health, String vllm, @Nullable List<String> devices, double speed) {

    static final Engines STANDARD = new Engines(EngineKind.VLLM, "/health", "vllm", null, 1);
  }

  /** The file that says it. */
  public Path file() {
    return Path.of(places.file());
  }

  /** Whether the file says something at a key, by its path. */
  public boolean says(String path) {
    return places.lines().containsKey(path);
  }

  /** Whether it runs on this machine. */
  boolean isLocal() {
    return target.backEnd().equals(LOCAL);
  }

  /** The same on another back end. */
  public JobFile on(String backEnd) {
    return with(new Target(backEnd, target.image(), target.ray(), target.kubernetes()), groups);
  }

  /** The same with another number of workers of a role. */
  public JobFile scaled(Role role, int replicas) {
    List<Group> others = new ArrayList<>();
    groups.forEach(group -> others.add(group.role() == role ? group.of(replicas) : group));
    return with(target, others);
  }

  private JobFile with(Target where, List<Group> workers) {
    return new JobFile(
        timeout,
        gpus,
        gpusPerWorker,
        workingFolder,
        environment,
        secrets,
        where,
        restarts,
        scheduler,
        engines,
        workers,
        places);
  }

  /** The workers of a role; null when there are none. */
  public @Nullable Group group(Role role) {
    return groups.stream()
        .filter(group -> group.role() == role && group.replicas() > 0)
        .findFirst()
        .orElse(null);
  }

  /** Whether workers of that role are asked for. */
  public boolean has(Role role) {
    return group(role) != null;
  }

  /** Whether workers that do the work of that role are asked for. */
  public boolean doing(Role role) {
    return groups.stream().anyMatch(group -> group.role().does(role) && group.replicas() > 0);
  }

  /** All workers there will be. */
  public int workers() {
    return groups.stream().mapToInt(Group::replicas).sum();
  }

  /** GPUs that all workers ask for together. */
  int gpusAsked() {
    return groups.stream().mapToInt(group -> group.replicas() * group.gpusEach()).sum();
  }
}
