package io.turnpike.admission;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.turnpike.caller.Limits;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one caller, or the whole gateway, may have at the moment: places for turns and buckets. For
 * whoever holds the lock of its {@link Admission}.
 */
final class Gate {

  private final @Nullable Bulkhead places;
  private final @Nullable Bucket requests;
  private final @Nullable Bucket tokens;

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
    this.requests = Bucket.ofRequests(name, limits, ticker);
    this.tokens = Bucket.ofTokens(name, limits, ticker);
  }

  /** Takes a place and a request, or neither. */
  boolean tryEnter() {
    if (places != null && !places.tryAcquirePermission()) {
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
    return requests == null ? 0 : requests.nanosUntil(turns);
  }

  /** Its buckets, at most two. */
  Stream<Bucket> buckets() {
    return Stream.of(requests, tokens).filter(Objects::nonNull);
  }

  @Nullable Bucket requests() {
    return requests;
  }

  @Nullable Bucket tokens() {
    return tokens;
  }
}
