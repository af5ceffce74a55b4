package io.turnpike.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.conversation.ConversationEvents;
import io.turnpike.redis.RedisLink;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code turnpike.conversations{event}}: what happened at the shared store of conversations. {@code
 * lookup-answered} is the good case; alert on a rate of {@code lookup-late}, {@code lookup-failed}
 * or {@code save-failed}: replicas then agree by hashing only, and caches are missed. {@code
 * turnpike.redis.connected}: 1 while every connection to Redis stands, else 0; there only where
 * Redis is shared.
 */
final class ConversationMetrics implements ConversationEvents {

  private final Map<Event, Counter> counters = new EnumMap<>(Event.class);

  ConversationMetrics(MeterRegistry registry, @Nullable RedisLink redis) {
    if (redis != null) {
      Gauge.builder("turnpike.redis.connected", redis, link -> link.isConnected() ? 1 : 0)
          .register(registry);
    }
    for (Event event : Event.values()) {
      String word = event.name().toLowerCase(Locale.ROOT).replace('_', '-');
      counters.put(event, registry.counter("turnpike.conversations", "event", word));
    }
  }

  @Override
  public void happened(Event event) {
    Counter counter = counters.get(event);
    if (counter != null) {
      counter.increment();
    }
  }
}
