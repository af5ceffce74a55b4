package io.turnpike.engine;

import io.turnpike.node.NodeId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When each node last sent anybody something: an engine that sends others their tokens is busy, not
 * dead. Thread-safe; a sign may be seen a moment late.
 */
public final class NodeSigns {

  private final ConcurrentHashMap<NodeId, Sign> signs = new ConcurrentHashMap<>();

  /** A node's latest sign of life. */
  public static final class Sign {
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong atNanos = new AtomicLong(NEVER);

    /** It sent something. */
    public void seenAt(long nowNanos) {
      atNanos.setRelease(nowNanos);
    }

    private boolean isWithin(long nanos, long nowNanos) {
      long at = atNanos.getAcquire();
      return at != NEVER && nowNanos - at <= nanos;
    }
  }

  /** The sign of a node, to be told of what it sends. */
  public Sign of(NodeId node) {
    return signs.computeIfAbsent(node, id -> new Sign());
  }

  /** Whether a node sent something in so many nanoseconds before now. */
  public boolean within(NodeId node, long nanos, long nowNanos) {
    Sign sign = signs.get(node);
    return sign != null && sign.isWithin(nanos, nowNanos);
  }

  /** Forgets nodes that left. */
  public void keepOnly(Set<NodeId> present) {
    signs.keySet().retainAll(present);
  }
}
