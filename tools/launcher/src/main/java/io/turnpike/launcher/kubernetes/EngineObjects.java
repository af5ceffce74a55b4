package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.Group;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.KubernetesSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The engines of a job: a StatefulSet a group, whose pods are named as the workers are ({@code
 * JOB-decode-1}), so that a worker that comes back keeps its name and gets another address; or a
 * LeaderWorkerSet, whose first pods are, from 0 on.
 */
final class EngineObjects {

  /** The headless Service that gives each engine's pod a name in DNS. */
  static final String SERVICE = "engines";

  private final JobFile job;
  private final Names names;
  private final KubernetesSettings settings;
  private final EnginePods pods;

  EngineObjects(JobFile job, Names names) {
    this.job = job;
    this.names = names;
    this.settings = job.target().kubernetes();
    this.pods = new EnginePods(job, names);
  }

  /** All of them. */
  List<Manifest> manifests() {
    List<Manifest> manifests = new ArrayList<>();
    manifests.add(service());
    for (Group group : job.groups()) {
      if (group.replicas() > 0) {
        manifests.add(EnginePods.nodes(job, group) > 1 ? groups(group) : statefulSet(group));
        manifests.add(new ServicePods(names, settings).budget(group.role().word()));
      }
    }
    return manifests;
  }

  /** Names are there before engines are ready, because engines of a group ask for each other. */
  private Manifest service() {
    return Manifest.of(
        ObjectKind.SERVICE,
        names,
        SERVICE,
        Fields.of(
            "spec",
            Fields.of(
                "clusterIP",
                "None",
                "publishNotReadyAddresses",
                true,
                "selector",
                names.selector(),
                "ports",
                List.of(Fields.of("name", "http", "port", EnginePods.HTTP_PORT)))));
  }

  private Manifest statefulSet(Group group) {
    String component = group.role().word();
    return Manifest.of(
        ObjectKind.STATEFUL_SET,
        names,
        component,
        Fields.of(
            "spec",
            Fields.of(
                "replicas", group.replicas(),
                "serviceName", names.of(SERVICE),
                // Workers are counted from 1.
                "ordinals", Fields.of("start", 1),
                "podManagementPolicy", "Parallel",
                "selector", Fields.of("matchLabels", names.selector(component)),
                "template", pods.template(group))));
  }

  /** Engines that span several pods each: a group of pods an engine, which come and go together. */
  private Manifest groups(Group group) {
    return Manifest.of(
        ObjectKind.LEADER_WORKER_SET,
        names,
        group.role().word(),
        Fields.of(
            "spec",
            Fields.of(
                "replicas",
                group.replicas(),
                // The first pod is ready when the others have come.
                "startupPolicy",
                "LeaderCreated",
                Manifest.GROUP,
                Fields.of(
                    Manifest.SIZE,
                    EnginePods.nodes(job, group),
                    "restartPolicy",
                    "RecreateGroupOnPodRestart",
                    "leaderTemplate",
                    pods.template(group),
                    "workerTemplate",
                    pods.followers(group)))));
  }
}
