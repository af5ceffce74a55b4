package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.plan.Nearest;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.launcher.stack.StackException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pods of a job.
 *
 * @param api where they are
 * @param names of the job
 */
record JobPods(KubeApi api, Names names) {

  private static final int EXPLAINING_LINES = 20;

  List<PodView> all() throws InterruptedException {
    return api.pods(names.query()).stream().map(pod -> PodView.of(pod, names)).toList();
  }

  /** Whether what makes them is gone, so that there will be none. */
  boolean areGone() throws InterruptedException {
    return api.list(ObjectKind.DEPLOYMENT, names.query()).isEmpty();
  }

  /** Those of a component. */
  List<PodView> of(String component) throws InterruptedException {
    return all().stream().filter(pod -> pod.component().equals(component)).toList();
  }

  /** The one of that name, or a fault that says which there are; of gateways, any. */
  PodView named(String worker) throws InterruptedException {
    List<PodView> pods = all();
    List<String> names = pods.stream().map(PodView::worker).toList();
    return pods.stream()
        .filter(pod -> pod.worker().equals(worker) || pod.component().equals(worker))
        .findFirst()
        .orElseThrow(
            () ->
                new PlanException(
                    "no worker '%s' (expected: %s)"
                        .formatted(worker, Nearest.expected(worker, names))));
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

  /**
   * The last lines of a container, of its life before if it lives another one now; where there are
   * none, why.
   */
  List<String> lastLines(PodView pod) throws InterruptedException {
    try {
      return lines(pod, EXPLAINING_LINES, pod.restarts() > 0);
    } catch (StackException e) {
      return List.of(e.text());
    }
  }

  /** The last line of a container that runs; empty when it has said nothing that can be had. */
  String lastLine(PodView pod) throws InterruptedException {
    try {
      List<String> lines = lines(pod, 1, false);
      return lines.isEmpty() ? "" : lines.getLast().strip();
    } catch (StackException e) {
      return "";
    }
  }

  private List<String> lines(PodView pod, int count, boolean before) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("tailLines", Integer.toString(count));
    query.put("previous", Boolean.toString(before));
    api.log(pod.name(), query, lines::add);
    return lines;
  }
}
