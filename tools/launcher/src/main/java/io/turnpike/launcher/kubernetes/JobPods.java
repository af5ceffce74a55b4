package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.plan.Nearest;
import io.turnpike.launcher.plan.PlanException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The pods of a job.
 *
 * @param api where they are
 * @param names of the job
 */
record JobPods(KubeApi api, Names names) {

  private static final int EXPLAINING_LINES = 20;

  /** Finds all. */
  String selector() {
    return Names.JOB + "=" + names.job();
  }

  List<PodView> all() throws InterruptedException {
    return api.pods(selector()).stream().map(pod -> PodView.of(pod, names)).toList();
  }

  /** Those of a component. */
  List<PodView> of(String component) throws InterruptedException {
    return all().stream().filter(pod -> pod.component().equals(component)).toList();
  }

  /** The one of that name, or a fault that says which there are; of gateways, any. */
  PodView named(String worker) throws InterruptedException {
    List<PodView> pods = all();
    List<String> names = pods.stream().map(PodView::worker).toList();
    String near = Nearest.to(worker, names);
    return pods.stream()
        .filter(pod -> pod.worker().equals(worker) || pod.component().equals(worker))
        .findFirst()
        .orElseThrow(
            () ->
                new PlanException(
                    "no worker '%s' (expected: %s)"
                        .formatted(
                            worker,
                            near == null ? "one of " + String.join(", ", names) : near + "?")));
  }

  /**
   * Whether there are as many as they should be, all ready and none on its way out.
   *
   * @param wanted how many of each component
   */
  static boolean areComplete(List<PodView> pods, Map<String, Integer> wanted) {
    return wanted.entrySet().stream()
        .allMatch(
            it -> {
              List<PodView> of =
                  pods.stream().filter(pod -> pod.component().equals(it.getKey())).toList();
              return of.size() == it.getValue() && of.stream().allMatch(PodView::ready);
            });
  }

  /** The last lines of a container, of its life before if it lives another one now. */
  List<String> lastLines(PodView pod) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("tailLines", Integer.toString(EXPLAINING_LINES));
    if (pod.restarts() > 0) {
      query.put("previous", "true");
    }
    try {
      api.log(pod.name(), query, lines::add);
    } catch (IOException | RuntimeException e) {
      // A container that never ran has no log; its state was said.
    }
    return lines;
  }

  /** Says what has changed since it was asked last. */
  static Consumer<List<PodView>> teller(Consumer<String> out) {
    Map<String, String> said = new LinkedHashMap<>();
    return pods -> {
      for (PodView pod : pods) {
        if (!pod.says().equals(said.put(pod.worker(), pod.says()))) {
          out.accept(pod.worker() + ": " + pod.says());
        }
      }
    };
  }
}
