package io.turnpike.launcher;

import io.turnpike.launcher.job.BackEnd;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.job.Watchers;
import io.turnpike.launcher.kubernetes.KubernetesBackEnd;
import io.turnpike.launcher.local.LocalBackEnd;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.launcher.ray.RayBackEnd;
import io.turnpike.launcher.stack.Installation;
import java.nio.file.Path;
import java.util.List;

/** The back ends there are. */
final class BackEnds {

  private BackEnds() {}

  /** The one of that name; another name is a fault that says which there are. */
  static BackEnd of(String word) {
    Installation installation = Installation.at(StateOption.root());
    return switch (word) {
      case JobFile.LOCAL -> new LocalBackEnd(installation, watchers());
      case "ray" -> new RayBackEnd(installation);
      case "kubernetes" -> new KubernetesBackEnd(watchers());
      default ->
          throw new PlanException(
              "--backend: '%s' (expected: %s)"
                  .formatted(word, String.join(", ", JobFile.BACKENDS)));
    };
  }

  /** A job that was begun, on the back end that it was begun on. */
  static RunningJob running(JobFolder.Entry entry) {
    return of(entry.backEnd()).find(entry);
  }

  private static Watchers watchers() {
    return new Watchers(self());
  }

  /** Words that start this very program. */
  private static List<String> self() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx128m",
        "-Dturnpike.root=" + StateOption.root().toAbsolutePath(),
        "-cp",
        System.getProperty("java.class.path"),
        Turnpike.class.getName());
  }
}
