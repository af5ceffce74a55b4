package io.turnpike.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.conversation.ConversationEvents;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code turnpike.conversations{event}}: what happened at the shared store of conversations. {@code
 * lookup-answered} is the good case; alert on a rate of {@code lookup-late}, {@code lookup-failed}
 * or {@code save-failed}: replicas then agree by hashing only, and caches are missed.
 */
final class ConversationMetrics implements ConversationEvents {

  private final Map<Event, Counter> counters = new EnumMap<>(Event.class);

  ConversationMetrics(MeterRegistry registry) {
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
