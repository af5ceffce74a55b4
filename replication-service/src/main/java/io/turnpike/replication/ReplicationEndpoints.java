package io.turnpike.replication;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import io.turnpike.control.ControlGuard;
import io.turnpike.control.ControlJson;
import io.turnpike.control.ControlPlane;
import io.turnpike.control.ControlRoutes;
import io.turnpike.conversation.Conversations;
import io.turnpike.gateway.ConversationEndpoints;
import io.turnpike.gateway.GatewayPaths;
import io.turnpike.gateway.LimitsWord;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.receipt.AnsweredTurns;
import io.turnpike.receipt.Receipt;
import io.turnpike.receipt.Receipts;
import io.turnpike.turn.InflightLoad;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
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

  RouterFunction<ServerResponse> routes(ControlGuard guard, LimitsWord limits) {
    return new ConversationEndpoints(conversations)
        .addTo(new ControlRoutes())
        .index("turnpike replication", GatewayPaths.TURNS, GatewayPaths.COMMON)
        .get("/status", request -> status(limits))
        .get(
            "/metrics",
            request ->
                json(
                    AnsweredTurns.of(receipts.latest()).turns().stream()
                        .map(ReplicationEndpoints::one)
                        .toList()))
        .get("/metrics/summary", request -> json(summary(AnsweredTurns.of(receipts.latest()))))
        .post("/metrics/clear", request -> ControlPlane.cleared(receipts.clear()))
        .build(guard);
  }

  @ControlJson
  private record Status(
      String mode,
      List<Worker> workers,
      long totalRequests,
      int conversations,
      String redis,
      String limits) {}

  @ControlJson
  private record Worker(
      String id, String url, String state, long inflightTurns, long inflightTokens) {}

  private Mono<ServerResponse> status(LimitsWord limits) {
    return conversations
        .sharedState()
        .flatMap(
            redis ->
                json(
                    new Status(
                        "replication",
                        replicas().map(this::worker).toList(),
                        receipts.total(),
                        conversations.knownHere(),
                        redis.word(),
                        limits.word())));
  }

  private Stream<Node> replicas() {
    return clusters.current().nodes().stream().filter(node -> node.role().does(Role.REPLICA));
  }

  private Worker worker(Node node) {
    return new Worker(
        node.id().value(),
        node.url().toString(),
        node.state().word(),
        load.inflightTurns(node.id()),
        load.inflightTokens(node.id()));
  }

  /** One turn. Times are milliseconds, {@code timestamp} seconds since 1970. */
  @ControlJson
  private record StudiedTurn(
      String requestId,
      String mode,
      int turn,
      String worker,
      String convHash,
      double totalTimeMs,
      double workerTimeMs,
      double proxyOverheadMs,
      long promptTokens,
      long completionTokens,
      double timestamp) {}

  private static StudiedTurn one(Receipt receipt) {
    Receipt.Timing timing = receipt.timing();
    return new StudiedTurn(
        receipt.id(),
        receipt.mode(),
        receipt.turn(),
        receipt.decode() == null ? "" : receipt.decode().value(),
        receipt.conversation() == null ? "" : receipt.conversation(),
        timing.totalMs(),
        timing.totalMs() - timing.overheadMs(),
        timing.overheadMs(),
        Math.max(0, receipt.promptTokens()),
        Math.max(0, receipt.completionTokens()),
        receipt.at().toEpochMilli() / 1000.0);
  }

  /**
   * All turns together.
   *
   * @param totalRequests that were answered
   * @param workers {@code worker0_requests}, {@code worker1_requests} … in this place
   * @param notAnswered the others, by outcome; they are in no figure beside
   */
  @ControlJson
  private record Summary(
      int totalRequests,
      @JsonAnyGetter Map<String, Long> workers,
      long turn1Requests,
      long turn2Requests,
      double avgTotalMs,
      double avgWorkerMs,
      double avgOverheadMs,
      Map<String, Integer> notAnswered) {}

  private Summary summary(AnsweredTurns answered) {
    List<Receipt> latest = answered.turns();
    return new Summary(
        latest.size(),
        requestsByWorker(latest),
        latest.stream().filter(r -> r.turn() == 1).count(),
        latest.stream().filter(r -> r.turn() >= 2).count(),
        AnsweredTurns.mean(latest, r -> r.timing().totalMs()),
        AnsweredTurns.mean(latest, r -> r.timing().totalMs() - r.timing().overheadMs()),
        AnsweredTurns.mean(latest, r -> r.timing().overheadMs()),
        answered.notAnswered());
  }

  private Map<String, Long> requestsByWorker(List<Receipt> latest) {
    Map<NodeId, Long> byWorker = new TreeMap<>();
    replicas().forEach(node -> byWorker.put(node.id(), 0L));
    latest.stream().map(Receipt::decode).forEach(id -> count(byWorker, id));
    Map<String, Long> shown = new LinkedHashMap<>();
    for (long requests : byWorker.values()) {
      shown.put("worker" + shown.size() + "_requests", requests);
    }
    return shown;
  }

  private static void count(Map<NodeId, Long> byWorker, @Nullable NodeId id) {
    if (id != null) {
      byWorker.merge(id, 1L, Long::sum);
    }
  }

  private static Mono<ServerResponse> json(Object answer) {
    return ControlPlane.json(answer);
  }
}
