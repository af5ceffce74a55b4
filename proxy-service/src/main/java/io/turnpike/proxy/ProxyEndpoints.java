package io.turnpike.proxy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnpike.admission.Admission;
import io.turnpike.control.ControlGuard;
import io.turnpike.control.ControlJson;
import io.turnpike.control.ControlPlane;
import io.turnpike.control.ControlRoutes;
import io.turnpike.conversation.Conversations;
import io.turnpike.engine.EngineHealth;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.ConversationEndpoints;
import io.turnpike.gateway.GatewayPaths;
import io.turnpike.gateway.LimitsWord;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.receipt.Receipts;
import io.turnpike.routing.Mode;
import java.time.Instant;
import java.util.List;
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

  private final Parts parts;
  private final StudyMetrics metrics;

  /** What the endpoints look at. */
  record Parts(
      ModeSwitch modes,
      ModeEffect effect,
      Receipts receipts,
      Conversations conversations,
      ClusterSource clusters,
      EngineHealth health,
      Admission admission,
      LimitsWord limits) {}

  ProxyEndpoints(Parts parts, long kvBytesPerToken) {
    this.parts = parts;
    this.metrics = new StudyMetrics(kvBytesPerToken);
  }

  RouterFunction<ServerResponse> routes(ControlGuard guard) {
    return new ConversationEndpoints(parts.conversations())
        .addTo(new ControlRoutes())
        .index("turnpike proxy", GatewayPaths.TURNS, GatewayPaths.COMMON)
        .get("/mode", request -> mode())
        .post("/mode/{mode}", this::switchMode)
        .get("/status", request -> status())
        .get("/metrics", request -> json(metrics.list(parts.receipts().latest())))
        .get("/metrics/summary", request -> json(metrics.summary(parts.receipts().latest())))
        .post("/metrics/clear", request -> ControlPlane.cleared(parts.receipts().clear()))
        .build(guard);
  }

  /**
   * The mode.
   *
   * @param conversations that this process knows
   * @param note why it has no effect, or not everywhere; absent otherwise
   */
  @ControlJson
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record ShownMode(String mode, int conversations, @Nullable String note) {}

  private Mono<ServerResponse> mode() {
    return json(
        new ShownMode(
            parts.modes().mode().word(), parts.conversations().knownHere(), parts.effect().note()));
  }

  @ControlJson
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Switched(String mode, String previous, @Nullable String note) {}

  private Mono<ServerResponse> switchMode(ServerRequest request) {
    String wanted = request.pathVariable("mode");
    Mode mode =
        Mode.of(wanted)
            .orElseThrow(
                () ->
                    ApiError.invalidField("mode", "\"" + wanted + "\"", Mode.words())
                        .toException());
    return parts
        .modes()
        .switchTo(mode)
        .flatMap(
            previous -> json(new Switched(mode.word(), previous.word(), parts.effect().note())));
  }

  private Mono<ServerResponse> status() {
    return parts.conversations().sharedState().flatMap(redis -> json(status(redis.word())));
  }

  private ProxyStatus status(String redis) {
    Cluster cluster = parts.clusters().current();
    return new ProxyStatus(
        parts.modes().mode().word(),
        parts.effect().note(),
        parts.conversations().knownHere(),
        parts.admission().turns(),
        parts.receipts().total(),
        redis,
        parts.limits().word(),
        cluster.nodes().stream().map(ProxyStatus.ShownNode::of).toList(),
        ProxyStatus.Ready.of(cluster),
        suspendedPairs());
  }

  private static Mono<ServerResponse> json(Object answer) {
    return ControlPlane.json(answer);
  }

  private List<ProxyStatus.SuspendedPair> suspendedPairs() {
    Instant now = Instant.now();
    return parts.health().suspendedPairs().stream()
        .map(pair -> ProxyStatus.SuspendedPair.of(pair, now))
        .toList();
  }
}
