package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Takes objects of a job away: those that carry its label, whoever has made them.
 *
 * @param api where they are
 * @param applied what they should be
 */
record Teardown(KubeApi api, Applied applied) {

  /** What pods need besides their drain to be gone. */
  private static final Duration TO_END = Duration.ofMinutes(2);

  private static final List<String> GATEWAYS =
      List.of(GatewayObjects.PROXY, GatewayObjects.REPLICATION);
  private static final List<String> WORKERS = Arrays.stream(Role.values()).map(Role::word).toList();

  /** How long pods may take to end that let turns under way end. */
  static Duration toEnd(Duration drain) {
    return drain.plus(TO_END);
  }

  private String selector() {
    return applied.names().query();
  }

  /** Whether anything of the job is there. */
  boolean isAnythingLeft() throws InterruptedException {
    for (ObjectKind kind : applied.kinds()) {
      if (!api.list(kind, selector()).isEmpty()) {
        return true;
      }
    }
    return !api.pods(selector()).isEmpty();
  }

  /** Takes all away: gateways first, then workers, so that nobody loses a turn, then the rest. */
  void all(Consumer<String> out) throws InterruptedException {
    out.accept("gateways end");
    delete(ObjectKind.DEPLOYMENT, GATEWAYS);
    awaitGone(GATEWAYS, out);
    out.accept("workers end");
    for (ObjectKind kind : ObjectKind.WORKERS) {
      if (applied.has(kind)) {
        delete(kind, WORKERS);
      }
    }
    awaitGone(WORKERS, out);
    atOnce();
    new Looks(out).until(() -> api.pods(selector()).isEmpty(), toEnd(applied.drain()), this::late);
  }

  private void delete(ObjectKind kind, List<String> components) throws InterruptedException {
    for (String component : components) {
      api.delete(kind, applied.names().of(component));
    }
  }

  /** Takes all away in no order. */
  void atOnce() throws InterruptedException {
    for (ObjectKind kind : applied.kinds()) {
      for (JsonNode object : api.list(kind, selector())) {
        api.delete(kind, name(object));
      }
    }
  }

  /** Takes away what was not applied last. Secrets stay: what was applied is kept without them. */
  void prune() throws InterruptedException {
    for (ObjectKind kind : applied.kinds()) {
      for (JsonNode object : api.list(kind, selector())) {
        if (kind != ObjectKind.SECRET && applied.find(kind, name(object)) == null) {
          api.delete(kind, name(object));
        }
      }
    }
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").asString("");
  }

  private void awaitGone(List<String> components, Consumer<String> out)
      throws InterruptedException {
    String pods =
        "%s in (%s),%s".formatted(Names.COMPONENT, String.join(",", components), selector());
    new Looks(out).until(() -> api.pods(pods).isEmpty(), toEnd(applied.drain()), this::late);
  }

  private StackException late() {
    return new StackException(
        "pods of job %s do not end within %d s"
            .formatted(applied.job(), toEnd(applied.drain()).toSeconds()));
  }
}
