package io.turnpike.launcher.kubernetes;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a pod of a job is.
 *
 * @param name its name
 * @param worker its name within the job
 * @param component what it is part of, such as {@code decode} or {@code proxy}
 * @param engine whether an engine answers there; of one that spans several pods, in the first alone
 * @param uid another one for another pod of that name
 * @param node where it runs; empty: nowhere yet
 * @param ready whether it can be used
 * @param ending whether it was told to end
 * @param says its state for people
 * @param restarts how often its container was started again
 * @param hopeless why it will never be ready by itself; null: it may be
 */
record PodView(
    String name,
    String worker,
    String component,
    boolean engine,
    String uid,
    String node,
    boolean ready,
    boolean ending,
    String says,
    int restarts,
    @Nullable String hopeless) {

  /** What a container waits for in vain; Kubernetes goes on trying all the same. */
  private static final Set<String> HOPELESS =
      Set.of(
          "CrashLoopBackOff",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  private static final String LOADING = "runs, not ready";

  /** As the API server shows it. */
  static PodView of(JsonNode pod, Names names) {
    JsonNode about = pod.path("metadata");
    String name = about.path("name").asString("");
    JsonNode status = pod.path("status");
    JsonNode container = status.path("containerStatuses").path(0);
    boolean ending = !about.path("deletionTimestamp").asString("").isEmpty();
    boolean ready = "True".equals(condition(status, "Ready").path("status").asString(""));
    return new PodView(
        name,
        name.startsWith(names.job() + "-") ? name.substring(names.job().length() + 1) : name,
        about.path("labels").path(Names.COMPONENT).asString(""),
        about.path("labels").has(Names.ROLE),
        about.path("uid").asString(""),
        pod.path("spec").path("nodeName").asString(""),
        ready && !ending,
        ending,
        ending ? "ends" : ready ? "ready" : state(status, container),
        container.path("restartCount").asInt(0),
        hopeless(container));
  }

  /** Whether its program runs, and cannot be used yet. */
  boolean isLoading() {
    return says.equals(LOADING);
  }

  /** Whether it has failed, and is not on its way out anyway. */
  boolean isLost() {
    return hopeless != null && !ready && !ending;
  }

  private static String state(JsonNode status, JsonNode container) {
    JsonNode scheduled = condition(status, "PodScheduled");
    if ("False".equals(scheduled.path("status").asString(""))) {
      return "waits for a node: " + scheduled.path("message").asString("");
    }
    JsonNode waiting = container.path("state").path("waiting");
    if (waiting.isObject()) {
      return said(waiting);
    }
    String phase = status.path("phase").asString("");
    return phase.equals("Running") ? LOADING : phase.toLowerCase(Locale.ROOT);
  }

  private static @Nullable String hopeless(JsonNode container) {
    JsonNode waiting = container.path("state").path("waiting");
    if (HOPELESS.contains(waiting.path("reason").asString(""))) {
      return said(waiting);
    }
    JsonNode ended = container.path("lastState").path("terminated");
    ended = ended.isObject() ? ended : container.path("state").path("terminated");
    return ended.isObject()
        ? "ended with exit code %d (%s)"
            .formatted(ended.path("exitCode").asInt(), ended.path("reason").asString(""))
        : null;
  }

  private static String said(JsonNode waiting) {
    String message = waiting.path("message").asString("");
    return waiting.path("reason").asString("") + (message.isEmpty() ? "" : ": " + message);
  }

  private static JsonNode condition(JsonNode status, String type) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asString("").equals(type)) {
        return condition;
      }
    }
    return status.path("no such condition");
  }
}
