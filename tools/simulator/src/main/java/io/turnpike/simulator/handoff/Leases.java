package io.turnpike.simulator.handoff;

import java.util.ArrayList;
import java.util.Iterator;
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

  /** In order of their ends: all are as long, and one that is renewed goes to the back. */
  private final Map<String, Lease> leases = new LinkedHashMap<>();

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
    return leases.isEmpty() ? Long.MAX_VALUE : leases.values().iterator().next().endNanos();
  }

  /** The lease of a request, or null. */
  public @Nullable Lease get(String requestId) {
    return leases.get(requestId);
  }

  /** All there are, the first to end first. */
  public List<Lease> all() {
    return List.copyOf(leases.values());
  }

  /** Keeps a prompt's blocks from now on. */
  public Lease grant(String requestId, int[] blocks, int tokens, long nowNanos) {
    Lease lease = new Lease(requestId, blocks, tokens, nowNanos + lengthNanos, false);
    if (leases.putIfAbsent(requestId, lease) != null) {
      throw new IllegalStateException("request " + requestId + " has a lease already");
    }
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
    Lease lease = leases.remove(requestId);
    if (lease == null) {
      return false;
    }
    leases.put(requestId, lease.until(nowNanos + lengthNanos));
    return true;
  }

  /** Ends a lease; its blocks are the caller's to free. Null when there is none. */
  public @Nullable Lease release(String requestId) {
    return leases.remove(requestId);
  }

  /** Takes out the leases that have ended by now. */
  public List<Lease> expire(long nowNanos) {
    List<Lease> ended = new ArrayList<>();
    Iterator<Lease> firstToEnd = leases.values().iterator();
    while (firstToEnd.hasNext()) {
      Lease lease = firstToEnd.next();
      if (lease.endNanos() > nowNanos) {
        break;
      }
      firstToEnd.remove();
      ended.add(lease);
    }
    return ended;
  }
}
