package io.turnpike.launcher.kubernetes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pod is of an engine that spans several, as vLLM wants to be told (0.12 and newer, without
 * Ray). All pods have to call the engine by one id, and by another one at each start, or NIXL's
 * ranks do not believe each other: the first pod's address is part of it.
 *
 * @param nodes over how many pods
 * @param rank which of them
 * @param first the first pod's address
 * @param patience how long one may wait for that address
 */
record Span(int nodes, String rank, String first, Duration patience) {

  /** Kubernetes puts the pod's own address there, in arguments and in other variables. */
  static final String POD_IP = "$(POD_IP)";

  /** An engine of one pod. */
  static final Span NONE = new Span(1, "0", POD_IP, Duration.ZERO);

  private static final String FIRST_IP = "{FIRST_IP}";
  private static final String FOLLOW = Containers.resource("follow.py");

  /** The pod that answers. */
  static Span first(int nodes) {
    return new Span(nodes, "0", POD_IP, Duration.ZERO);
  }

  /** The others; LeaderWorkerSet's controller says in a variable which. */
  static Span further(int nodes, Duration patience) {
    return new Span(nodes, "$(LWS_WORKER_INDEX)", FIRST_IP, patience);
  }

  /** The id by which all pods call the engine; null: vLLM makes one. */
  @Nullable String engineId(String group) {
    return nodes == 1 ? null : group + "-" + first;
  }

  /** The command of such a pod. */
  List<String> command(List<String> words) {
    if (nodes == 1) {
      return words;
    }
    boolean further = first.equals(FIRST_IP);
    List<String> command = new ArrayList<>();
    if (further) {
      command.addAll(
          List.of("python3", "-c", FOLLOW, FIRST_IP, Long.toString(patience.toSeconds())));
    }
    command.addAll(words);
    command.addAll(List.of("--nnodes", Integer.toString(nodes), "--node-rank", rank));
    command.addAll(List.of("--master-addr", first));
    if (further) {
      command.add("--headless");
    }
    return command;
  }

  /** By which of its addresses the others reach a pod. */
  List<Map<String, Object>> environment() {
    return nodes == 1 ? List.of() : List.of(Containers.variable("VLLM_HOST_IP", POD_IP));
  }
}
