package io.turnpike.proxy;

import io.turnpike.control.ControlRoutes;
import io.turnpike.conversation.ConversationStore;
import io.turnpike.conversation.Conversations;
import io.turnpike.engine.EngineHealth;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.Admission;
import io.turnpike.gateway.Receipts;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import java.util.LinkedHashMap;
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
        .post("/metrics/clear", request -> json(Map.of("cleared", receipts.clear())))
        .build(adminKey);
  }

  private static Mono<ServerResponse> about() {
    return json(
        Map.of(
            "service",
            "turnpike proxy",
            "turns",
            "POST /v1/chat/completions, /v1/completions",
            "control",
            "GET /mode /status /conversations /receipts /metrics /v1/models, POST /mode/{mode}"));
  }

  private Mono<ServerResponse> mode() {
    return conversations
        .count()
        .flatMap(count -> json(ordered("mode", modes.mode().word(), "conversations", count)));
  }

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
        .flatMap(previous -> json(ordered("mode", mode.word(), "previous", previous.word())));
  }

  private Mono<ServerResponse> status() {
    Cluster cluster = clusters.current();
    return Mono.zip(conversations.count(), conversations.sharedState())
        .flatMap(
            known ->
                json(
                    ordered(
                        "mode",
                        modes.mode().word(),
                        "conversations",
                        known.getT1(),
                        "turns_inflight",
                        admission.turns(),
                        "turns_total",
                        receipts.total(),
                        "redis",
                        known.getT2().word(),
                        "nodes",
                        cluster.nodes().stream().map(ProxyEndpoints::node).toList(),
                        "ready",
                        Map.of(
                            "prefill",
                            cluster.ready(Role.PREFILL).size(),
                            "decode",
                            cluster.ready(Role.DECODE).size()),
                        "suspended_pairs",
                        health.suspendedPairs())));
  }

  private static Map<String, Object> node(Node node) {
    return ordered(
        "id",
        node.id().value(),
        "role",
        node.role().word(),
        "state",
        node.state().word(),
        "url",
        node.url().toString());
  }

  private Mono<ServerResponse> listConversations() {
    return Mono.zip(conversations.count(), conversations.list(SHOWN_CONVERSATIONS))
        .flatMap(
            both -> {
              Map<String, Object> shown = new LinkedHashMap<>();
              for (ConversationStore.Summary summary : both.getT2()) {
                shown.put(
                    summary.key(),
                    ordered(
                        "turns",
                        summary.turns(),
                        "last_access",
                        summary.lastAccess().toEpochMilli() / 1000.0));
              }
              return json(ordered("count", both.getT1(), "conversations", shown));
            });
  }

  private Mono<ServerResponse> clearConversations() {
    return conversations.clear().flatMap(cleared -> json(Map.of("cleared", cleared)));
  }

  private static Mono<ServerResponse> json(Object body) {
    return ServerResponse.ok().bodyValue(body);
  }

  /** A map in the order given: name, value, name, value … */
  private static Map<String, Object> ordered(Object... pairs) {
    Map<String, Object> map = LinkedHashMap.newLinkedHashMap(pairs.length / 2);
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
