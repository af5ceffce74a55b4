package io.turnpike.replication;

import io.turnpike.control.ControlRoutes;
import io.turnpike.conversation.Conversations;
import io.turnpike.engine.InflightLoad;
import io.turnpike.gateway.Receipt;
import io.turnpike.gateway.Receipts;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The replication service's control endpoints, with the field names of the study's own proxy. The
 * study knew two workers; here {@code workerN} counts as many as there are, in the order of their
 * node ids.
 */
final class ReplicationEndpoints {

  private final Receipts receipts;
  private final Conversations conversations;
  private final ClusterSource clusters;
  private final InflightLoad load;

  ReplicationEndpoints(
      Receipts receipts, Conversations conversations, ClusterSource clusters, InflightLoad load) {
    this.receipts = receipts;
    this.conversations = conversations;
    this.clusters = clusters;
    this.load = load;
  }

  RouterFunction<ServerResponse> routes(@Nullable String adminKey) {
    return new ControlRoutes()
        .get("/", request -> about())
        .get("/status", request -> status())
        .get("/metrics", request -> json(receipts.latest().stream().map(this::one).toList()))
        .get("/metrics/summary", request -> json(summary(receipts.latest())))
        .post("/metrics/clear", request -> json(Map.of("cleared", receipts.clear())))
        .post("/conversations/clear", request -> clearConversations())
        .build(adminKey);
  }

  private static Mono<ServerResponse> about() {
    return json(
        Map.of(
            "service",
            "turnpike replication",
            "turns",
            "POST /v1/chat/completions, /v1/completions",
            "control",
            "GET /status /receipts /metrics /v1/models"));
  }

  private Mono<ServerResponse> status() {
    return Mono.zip(conversations.count(), conversations.sharedState())
        .flatMap(
            known -> {
              Map<String, Object> shown = new LinkedHashMap<>();
              shown.put("mode", "replication");
              shown.put(
                  "workers",
                  clusters.current().nodes().stream()
                      .filter(node -> node.role() == Role.REPLICA)
                      .map(this::worker)
                      .toList());
              shown.put("total_requests", receipts.total());
              shown.put("conversations", known.getT1());
              shown.put("redis", known.getT2().word());
              return json(shown);
            });
  }

  private Map<String, Object> worker(Node node) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", node.id().value());
    shown.put("url", node.url().toString());
    shown.put("state", node.state().word());
    shown.put("inflight_turns", load.inflightTurns(node.id()));
    shown.put("inflight_tokens", load.inflightTokens(node.id()));
    return shown;
  }

  private Map<String, Object> one(Receipt receipt) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("request_id", receipt.id());
    shown.put("mode", receipt.mode());
    shown.put("turn", receipt.turn());
    shown.put("worker", receipt.decode() == null ? "" : receipt.decode().value());
    shown.put("conv_hash", receipt.conversation() == null ? "" : receipt.conversation());
    shown.put("total_time_ms", receipt.timing().totalMs());
    shown.put("worker_time_ms", receipt.timing().totalMs() - receipt.timing().overheadMs());
    shown.put("proxy_overhead_ms", receipt.timing().overheadMs());
    shown.put("prompt_tokens", Math.max(0, receipt.promptTokens()));
    shown.put("completion_tokens", Math.max(0, receipt.completionTokens()));
    shown.put("timestamp", receipt.at().toEpochMilli() / 1000.0);
    return shown;
  }

  private Map<String, Object> summary(List<Receipt> latest) {
    Map<NodeId, Long> byWorker = new TreeMap<>();
    clusters.current().nodes().stream()
        .filter(node -> node.role() == Role.REPLICA)
        .forEach(node -> byWorker.put(node.id(), 0L));
    latest.stream().map(Receipt::decode).forEach(id -> count(byWorker, id));
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("total_requests", latest.size());
    int number = 0;
    for (long requests : byWorker.values()) {
      shown.put("worker" + number++ + "_requests", requests);
    }
    shown.put("turn1_requests", latest.stream().filter(r -> r.turn() == 1).count());
    shown.put("turn2_requests", latest.stream().filter(r -> r.turn() >= 2).count());
    shown.put("avg_total_ms", average(latest, r -> r.timing().totalMs()));
    shown.put(
        "avg_worker_ms", average(latest, r -> r.timing().totalMs() - r.timing().overheadMs()));
    shown.put("avg_overhead_ms", average(latest, r -> r.timing().overheadMs()));
    return shown;
  }

  private static void count(Map<NodeId, Long> byWorker, @Nullable NodeId id) {
    if (id != null) {
      byWorker.merge(id, 1L, Long::sum);
    }
  }

  private static double average(List<Receipt> receipts, ToDoubleFunction<Receipt> value) {
    return receipts.stream().mapToDouble(value).average().orElse(0);
  }

  private Mono<ServerResponse> clearConversations() {
    return conversations.clear().flatMap(cleared -> json(Map.of("cleared", cleared)));
  }

  private static Mono<ServerResponse> json(Object body) {
    return ServerResponse.ok().bodyValue(body);
  }
}
