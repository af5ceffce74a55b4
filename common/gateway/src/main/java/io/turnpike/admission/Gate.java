package io.turnpike.admission;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.turnpike.caller.Limits;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one caller, or the whole gateway, may have at the moment: places for turns and buckets. For
 * whoever holds the lock of its {@link Admission}.
 */
final class Gate {

  private final @Nullable Bulkhead places;
  private final @Nullable Bucket requests;
  private final @Nullable Bucket tokens;
  private final LongSupplier ticker;
  private long closedUntilNanos;
  private boolean closed;

  Gate(String name, Limits limits, LongSupplier ticker) {
    Integer turns = limits.turns();
    this.places =
        turns == null
            ? null
            : Bulkhead.of(
                name,
                BulkheadConfig.custom()
                    .maxConcurrentCalls(turns)
                    .maxWaitDuration(Duration.ZERO)
                    .fairCallHandlingStrategyEnabled(false)
                    .writableStackTraceEnabled(false)
                    .build());
    this.requests = Bucket.ofRequests(limits.requestsPerSecond(), limits.burst(), ticker);
    this.tokens = Bucket.ofTokens(limits.tokensPerMinute(), ticker);
    this.ticker = ticker;
  }

  /** Takes a place and a request, or neither. */
  boolean tryEnter() {
    if (isClosed() || (places != null && !places.tryAcquirePermission())) {
      return false;
    }
    if (requests != null && !requests.take(1)) {
      leave();
      return false;
    }
    return true;
  }

  /** Nobody came in after all. */
  void undo() {
    if (requests != null) {
      requests.giveBack(1);
    }
    leave();
  }

  /** Gives a place back. */
  void leave() {
    if (places != null) {
      places.releasePermission();
    }
  }

  /** Nobody enters for a while: other replicas gave out what was left. */
  void closeFor(long nanos) {
    closed = nanos > 0;
    closedUntilNanos = ticker.getAsLong() + nanos;
  }

  private boolean isClosed() {
    if (closed && ticker.getAsLong() - closedUntilNanos >= 0) {
      closed = false;
    }
    return closed;
  }

  /** Whether all places are taken. */
  boolean isFull() {
    return places != null && places.getMetrics().getAvailableConcurrentCalls() <= 0;
  }

  /** The most turns at once; 0: as many as come. */
  int places() {
    return places == null ? 0 : places.getMetrics().getMaxAllowedConcurrentCalls();
  }

  /** Nanoseconds until so many more may begin, as far as the rate decides. */
  long nanosUntil(int turns) {
    long shared = isClosed() ? closedUntilNanos - ticker.getAsLong() : 0;
    return Math.max(shared, requests == null ? 0 : requests.nanosUntil(turns));
  }

  @Nullable Bucket requests() {
    return requests;
  }

  @Nullable Bucket tokens() {
    return tokens;
  }
}
