package io.turnpike.gateway;

import io.turnpike.conversation.Conversations;
import io.turnpike.conversation.Conversations.Shared;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/**
 * How Redis is, asked at this moment. A gateway works without it, so it makes the whole service
 * neither down nor unready: {@code DEGRADED} is a word that health's sum leaves out.
 */
final class SharedStateHealth implements ReactiveHealthIndicator {

  private static final Status DEGRADED = new Status("DEGRADED");

  private final Conversations conversations;

  SharedStateHealth(Conversations conversations) {
    this.conversations = conversations;
  }

  @Override
  public Mono<Health> health() {
    return conversations.sharedState().map(SharedStateHealth::health);
  }

  private static Health health(Shared state) {
    return state == Shared.DOWN
        ? Health.status(DEGRADED)
            .withDetail("state", state.word())
            .withDetail("effect", "turns go on with what this process knows")
            .build()
        : Health.up().withDetail("state", state.word()).build();
  }
}
