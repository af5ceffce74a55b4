package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.Restarts;
import io.turnpike.launcher.stack.StackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for the pods of a job, and says how they get on meanwhile. Not thread-safe. */
final class PodWatch {

  private final JobPods pods;
  private final Consumer<String> out;
  private final Teller teller;
  private final Map<String, Integer> known = new HashMap<>();
  private final Restarts restarts = new Restarts();
  private List<PodView> last = List.of();
  private @Nullable PodView lost;
  private boolean gone;

  PodWatch(JobPods pods, Consumer<String> out) {
    this.pods = pods;
    this.out = out;
    this.teller = new Teller(out);
  }

  /**
   * Returns when components are complete; one of their pods that fails ends it.
   *
   * @param wanted how many of each, asked at each look
   */
  void awaitReady(Supplier<Map<String, Integer>> wanted, Duration patience)
      throws InterruptedException {
    new Looks(out).until(() -> isReady(wanted.get()), patience, () -> late(patience));
    if (lost != null || gone) {
      throw loss();
    }
  }

  private boolean isReady(Map<String, Integer> wanted) throws InterruptedException {
    List<PodView> now = new ArrayList<>(pods.all());
    now.removeIf(pod -> !wanted.containsKey(pod.component()));
    teller.tell(now, pods);
    last = now;
    lost = now.stream().filter(PodView::isLost).findFirst().orElse(null);
    gone = now.isEmpty() && pods.areGone();
    return lost != null || gone || JobPods.areComplete(now, wanted);
  }

  private StackException late(Duration patience) {
    String when = "after " + patience.toSeconds() + " s (timeout)";
    List<String> waiting = new ArrayList<>();
    for (PodView pod : last) {
      if (!pod.ready()) {
        waiting.add(pod.worker() + ": " + pod.says());
      }
    }
    return waiting.isEmpty()
        ? new StackException("not all pods are there " + when)
        : new StackException(
            waiting.getFirst().replaceFirst(": .*", "") + " is not ready " + when, waiting);
  }

  /** Returns when a pod ends too often, or what makes them is gone, with what is to be said. */
  StackException untilLost() throws InterruptedException {
    teller.know(pods.all());
    new Looks(out).until(this::isLost);
    return loss();
  }

  private boolean isLost() throws InterruptedException {
    List<PodView> now = pods.all();
    teller.tell(now);
    lost = now.stream().filter(pod -> !isBearable(pod)).findFirst().orElse(null);
    gone = pods.areGone();
    return lost != null || gone;
  }

  /** Kubernetes starts again what ends, for ever; as often in a row as elsewhere is enough. */
  private boolean isBearable(PodView pod) {
    Integer before = known.put(pod.uid(), pod.restarts());
    boolean bearable = true;
    for (int i = before == null ? pod.restarts() : before; i < pod.restarts(); i++) {
      bearable = restarts.pause(pod.worker(), System.nanoTime()) != null;
    }
    return bearable;
  }

  private StackException loss() throws InterruptedException {
    PodView pod = lost;
    return pod == null
        ? new StackException("the objects of job " + pods.names().job() + " are gone")
        : new StackException(pod.worker() + " " + pod.hopeless(), pods.lastLines(pod));
  }
}
