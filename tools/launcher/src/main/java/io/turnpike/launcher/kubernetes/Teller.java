package io.turnpike.launcher.kubernetes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Says of pods what has changed since the last look. Not thread-safe. */
final class Teller {

  /** So many logs at most are asked for their last lines at each look. */
  private static final int MOST_LOGS = 8;

  private final Consumer<String> out;
  private final Map<String, String> said = new HashMap<>();

  Teller(Consumer<String> out) {
    this.out = out;
  }

  /** Keeps to itself how they are: it was said while they started. */
  void know(List<PodView> pods) {
    pods.forEach(pod -> said.put(pod.worker(), pod.says()));
  }

  /** Says how they are. */
  void tell(List<PodView> pods) {
    pods.forEach(pod -> tell(pod, pod.says()));
  }

  /** Says how they are, with the last log lines of those that load. */
  void tell(List<PodView> pods, JobPods logs) throws InterruptedException {
    int asked = 0;
    for (PodView pod : pods) {
      boolean ask = pod.isLoading() && asked < MOST_LOGS;
      asked += ask ? 1 : 0;
      String line = ask ? logs.lastLine(pod) : "";
      tell(pod, line.isEmpty() ? pod.says() : pod.says() + ": " + line);
    }
  }

  private void tell(PodView pod, String says) {
    if (!says.equals(said.put(pod.worker(), says))) {
      out.accept(pod.worker() + ": " + says);
    }
  }
}
