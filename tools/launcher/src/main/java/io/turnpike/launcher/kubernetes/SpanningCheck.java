package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.Findings;
import io.turnpike.launcher.job.Group;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.KubernetesSettings;
import io.turnpike.launcher.plan.EngineKind;

/** Whether workers can span as many nodes as a job file says. */
final class SpanningCheck {

  private SpanningCheck() {}

  static void check(JobFile job, Findings findings) {
    for (Group group : job.groups()) {
      KubernetesSettings settings = job.target().kubernetes();
      int nodes = settings.pods(group.role()).nodes();
      if (group.replicas() > 0 && nodes > 1) {
        check(job, group, nodes, settings.nodesKey(group.role()), findings);
      }
    }
  }

  private static void check(JobFile job, Group group, int nodes, String path, Findings findings) {
    String role = group.role().word();
    if (job.engines().kind() == EngineKind.SIMULATOR) {
      findings.note(path, "is passed over: a simulated worker is one pod");
      return;
    }
    if (group.gpusEach() % nodes != 0) {
      findings.mistake(
          path,
          "%d for the %d GPUs of a %s worker".formatted(nodes, group.gpusEach(), role),
          "a number that divides them: each pod has as many");
    }
    if (EnginePods.isPinging(job, group)) {
      findings.mistake(
          path, nodes + " with a connector whose engines have one socket each", "1, or NIXL");
    }
    String executor = group.params().text("distributed_executor_backend");
    if (executor != null && !executor.equals("mp")) {
      findings.parameterMistake(
          role,
          "distributed_executor_backend",
          "'" + executor + "'",
          "mp, or nothing: the pods of a worker find each other without Ray");
    }
  }
}
