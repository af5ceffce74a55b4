package io.turnpike.membership;

import io.turnpike.node.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which nodes were removed by somebody's word, so that a peer's older news brings none back. */
final class Removals {

  private static final int MAX_REMEMBERED = 1024;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  /** What it may take from one registry to the other. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(1);

  private final Map<NodeId, Instant> removed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Instant> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /** Notes a removal; false if it was known. */
  boolean add(NodeId node, Instant at) {
    Instant before = removed.get(node);
    if (before != null && !at.isAfter(before.plus(ON_THE_WAY))) {
      return false;
    }
    removed.remove(node);
    removed.put(node, at);
    return true;
  }

  /** Whether what was heard of a node then is older than its removal. */
  boolean covers(NodeId node, Instant heardAt) {
    @Nullable Instant at = removed.get(node);
    return at != null && !heardAt.isAfter(at.plus(ON_THE_WAY));
  }

  /** All that a peer may not have heard of yet. */
  Map<NodeId, Instant> since(Instant now) {
    removed.values().removeIf(at -> at.plus(REMEMBERED).isBefore(now));
    return Map.copyOf(removed);
  }
}
