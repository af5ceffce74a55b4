package io.turnpike.gateway;

import io.turnpike.control.ControlJson;
import io.turnpike.control.ControlPlane;
import io.turnpike.control.ControlRoutes;
import io.turnpike.conversation.ConversationStore;
import io.turnpike.conversation.Conversations;
import io.turnpike.error.ApiError;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * {@code GET /conversations} and {@code POST /conversations/clear}, with the field names of the
 * study's own proxy.
 */
public final class ConversationEndpoints {

  private static final int SHOWN = 1000;

  private final Conversations conversations;

  public ConversationEndpoints(Conversations conversations) {
    this.conversations = conversations;
  }

  /** Adds both. */
  public ControlRoutes addTo(ControlRoutes routes) {
    return routes
        .get("/conversations", request -> list())
        .post("/conversations/clear", request -> clear());
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

  private Mono<ServerResponse> list() {
    return conversations
        .overview(SHOWN)
        .flatMap(
            overview -> {
              Map<String, Known> shown = new LinkedHashMap<>();
              for (ConversationStore.Summary summary : overview.latest()) {
                shown.put(
                    summary.key(),
                    new Known(summary.turns(), summary.lastAccess().toEpochMilli() / 1000.0));
              }
              return ControlPlane.json(new Listed(overview.conversations(), shown));
            });
  }

  private Mono<ServerResponse> clear() {
    return conversations
        .clear()
        .onErrorMap(
            failed ->
                ApiError.sharedStateAway("conversations: not all cleared, because Redis fails")
                    .toException())
        .flatMap(ControlPlane::cleared);
  }
}
