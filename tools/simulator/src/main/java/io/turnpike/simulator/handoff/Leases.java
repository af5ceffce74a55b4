package io.turnpike.simulator.handoff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The finished prompts of a prefill engine that wait for their reader. Bounded by the engine's KV
 * memory, because each holds blocks. Not thread-safe.
 *
 * <pre>
 *   grant ──── 30 s ────▶ expired, blocks back
 *     └─ heartbeat: 30 s more from then
 *     └─ claim (once) ─▶ read ─▶ release: blocks back
 * </pre>
 */
public final class Leases {

  /** How long vLLM keeps unread blocks without hearing of the reader. */
  public static final long DEFAULT_NANOS = 30_000_000_000L;

  private final long lengthNanos;
  private final Map<String, Lease> leases = new LinkedHashMap<>();
  private long nextEnd = Long.MAX_VALUE;

  /** Leases of that length. */
  public Leases(long lengthNanos) {
    this.lengthNanos = lengthNanos;
  }

  /** How many there are. */
  public int size() {
    return leases.size();
  }

  /** When the first one ends; {@link Long#MAX_VALUE} without any. */
  public long nextEndNanos() {
    return nextEnd;
  }

  /** The lease of a request, or null. */
  public @Nullable Lease get(String requestId) {
    return leases.get(requestId);
  }

  /** All there are, oldest first. */
  public List<Lease> all() {
    return List.copyOf(leases.values());
  }

  /** Keeps a prompt's blocks from now on. */
  public Lease grant(String requestId, int[] blocks, int tokens, long nowNanos) {
    Lease lease = new Lease(requestId, blocks, tokens, nowNanos + lengthNanos, false);
    if (leases.putIfAbsent(requestId, lease) != null) {
      throw new IllegalStateException("request " + requestId + " has a lease already");
    }
    nextEnd = Math.min(nextEnd, lease.endNanos());
    return lease;
  }

  /** Lets one reader read. */
  public Claim claim(String requestId) {
    Lease lease = leases.get(requestId);
    if (lease == null) {
      return new Claim.Refused(Claim.Reason.UNKNOWN);
    }
    if (lease.claimed()) {
      return new Claim.Refused(Claim.Reason.USED);
    }
    Lease claimed = lease.claim();
    leases.put(requestId, claimed);
    return new Claim.Granted(claimed);
  }

  /** The reader is alive: the lease ends later. False when there is none. */
  public boolean heartbeat(String requestId, long nowNanos) {
    Lease lease =
        leases.computeIfPresent(requestId, (id, old) -> old.until(nowNanos + lengthNanos));
    findNextEnd();
    return lease != null;
  }

  /** Ends a lease; its blocks are the caller's to free. Null when there is none. */
  public @Nullable Lease release(String requestId) {
    Lease lease = leases.remove(requestId);
    if (lease != null && lease.endNanos() == nextEnd) {
      findNextEnd();
    }
    return lease;
  }

  /** Takes out the leases that have ended by now. */
  public List<Lease> expire(long nowNanos) {
    if (nextEnd > nowNanos) {
      return List.of();
    }
    List<Lease> ended = new ArrayList<>();
    for (Lease lease : leases.values()) {
      if (lease.endNanos() <= nowNanos) {
        ended.add(lease);
      }
    }
    ended.forEach(lease -> leases.remove(lease.requestId()));
    findNextEnd();
    return ended;
  }

  private void findNextEnd() {
    nextEnd = Long.MAX_VALUE;
    for (Lease lease : leases.values()) {
      nextEnd = Math.min(nextEnd, lease.endNanos());
    }
  }
}
