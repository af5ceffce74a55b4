package io.turnpike.membership;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which other registries answered of late. */
final class Peers {

  /** Registries ask each other twice a second. */
  private static final Duration SILENT_AFTER = Duration.ofSeconds(3);

  private static final int MAX_REMEMBERED = 64;

  private final Map<String, Instant> answered =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  void answered(String peer, Instant now) {
    answered.remove(peer);
    answered.put(peer, now);
  }

  boolean answers(String peer, Instant now) {
    return lastAnswer(peer).plus(SILENT_AFTER).isAfter(now);
  }

  /** When it answered last; {@link Instant#MIN} if never. */
  Instant lastAnswer(String peer) {
    return answered.getOrDefault(peer, Instant.MIN);
  }
}
