package io.turnpike.proxy;

import io.turnpike.control.ControlJson;
import io.turnpike.control.ControlPlane;
import io.turnpike.control.ControlRoutes;
import io.turnpike.conversation.ConversationStore;
import io.turnpike.conversation.Conversations;
import io.turnpike.engine.EngineHealth;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.Admission;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.receipt.Receipts;
import io.turnpike.routing.Mode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The proxy's control endpoints, with the field names of the study's own proxy, so that its scripts
 * work unchanged.
 */
final class ProxyEndpoints {

  private static final int SHOWN_CONVERSATIONS = 1000;

  private final ModeSwitch modes;
  private final Receipts receipts;
  private final Conversations conversations;
  private final ClusterSource clusters;
  private final EngineHealth health;
  private final Admission admission;
  private final StudyMetrics metrics;

  ProxyEndpoints(
      ModeSwitch modes,
      Receipts receipts,
      Conversations conversations,
      ClusterSource clusters,
      EngineHealth health,
      Admission admission,
      ProxySettings settings) {
    this.modes = modes;
    this.receipts = receipts;
    this.conversations = conversations;
    this.clusters = clusters;
    this.health = health;
    this.admission = admission;
    this.metrics = new StudyMetrics(settings.kvBytesPerToken());
  }

  RouterFunction<ServerResponse> routes(@Nullable String adminKey) {
    return new ControlRoutes()
        .get("/", request -> about())
        .get("/mode", request -> mode())
        .post("/mode/{mode}", this::switchMode)
        .get("/status", request -> status())
        .get("/conversations", request -> listConversations())
        .post("/conversations/clear", request -> clearConversations())
        .get("/metrics", request -> json(metrics.list(receipts.latest())))
        .get("/metrics/summary", request -> json(metrics.summary(receipts.latest())))
        .post("/metrics/clear", request -> ControlPlane.cleared(receipts.clear()))
        .build(adminKey);
  }

  @ControlJson
  private record About(String service, String turns, String control) {}

  private static Mono<ServerResponse> about() {
    return json(
        new About(
            "turnpike proxy",
            "POST /v1/chat/completions, /v1/completions",
            "GET /mode /status /conversations /receipts /metrics /v1/models, POST /mode/{mode}"));
  }

  @ControlJson
  private record ShownMode(String mode, int conversations) {}

  private Mono<ServerResponse> mode() {
    return conversations.count().flatMap(count -> json(new ShownMode(modes.mode().word(), count)));
  }

  @ControlJson
  private record Switched(String mode, String previous) {}

  private Mono<ServerResponse> switchMode(ServerRequest request) {
    String wanted = request.pathVariable("mode");
    Mode mode =
        Mode.of(wanted)
            .orElseThrow(
                () ->
                    ApiError.invalidField("mode", "\"" + wanted + "\"", Mode.words())
                        .toException());
    return modes
        .switchTo(mode)
        .flatMap(previous -> json(new Switched(mode.word(), previous.word())));
  }

  private Mono<ServerResponse> status() {
    return Mono.zip(conversations.count(), conversations.sharedState())
        .flatMap(known -> json(status(known.getT1(), known.getT2().word())));
  }

  private ProxyStatus status(int known, String redis) {
    Cluster cluster = clusters.current();
    return new ProxyStatus(
        modes.mode().word(),
        known,
        admission.turns(),
        receipts.total(),
        redis,
        cluster.nodes().stream().map(ProxyStatus.ShownNode::of).toList(),
        ProxyStatus.Ready.of(cluster),
        suspendedPairs());
  }

  /**
   * Conversations as the study's proxy listed them.
   *
   * @param conversations by key, which is a hash
   */
  @ControlJson
  private record Listed(int count, Map<String, Known> conversations) {}

  /**
   * One conversation.
   *
   * @param lastAccess seconds since 1970
   */
  @ControlJson
  private record Known(int turns, double lastAccess) {}

  private Mono<ServerResponse> listConversations() {
    return Mono.zip(conversations.count(), conversations.list(SHOWN_CONVERSATIONS))
        .flatMap(
            both -> {
              Map<String, Known> shown = new LinkedHashMap<>();
              for (ConversationStore.Summary summary : both.getT2()) {
                shown.put(
                    summary.key(),
                    new Known(summary.turns(), summary.lastAccess().toEpochMilli() / 1000.0));
              }
              return json(new Listed(both.getT1(), shown));
            });
  }

  private Mono<ServerResponse> clearConversations() {
    return conversations.clear().flatMap(ControlPlane::cleared);
  }

  private static Mono<ServerResponse> json(Object answer) {
    return ControlPlane.json(answer);
  }

  private List<ProxyStatus.SuspendedPair> suspendedPairs() {
    Instant now = Instant.now();
    return health.suspendedPairs().stream()
        .map(pair -> ProxyStatus.SuspendedPair.of(pair, now))
        .toList();
  }
}
