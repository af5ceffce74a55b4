package io.turnpike.admission;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LocalBucket;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket with what answers tell of it. Thread-safe.
 *
 * <p>The arithmetic is Bucket4j's, also for what one process limits alone. Resilience4j's rate
 * limiter was tried for that: it refills whole periods at once, so that a burst at the end of one
 * and one at the begin of the next are twice what was allowed, and it cannot give back.
 */
final class Bucket {

  private static final double NANOS_PER_SECOND = 1e9;

  /** Bucket4j counts whole tokens in a period: a long one, so that a rate may be a fraction. */
  private static final Duration PERIOD = Duration.ofSeconds(1000);

  private final long capacity;
  private final double perSecond;
  private final LocalBucket bucket;

  /**
   * @param capacity the most that is taken at once
   * @param perSecond what comes back
   * @param ticker nanoseconds
   */
  Bucket(long capacity, double perSecond, LongSupplier ticker) {
    this.capacity = capacity;
    this.perSecond = perSecond;
    long refill = Math.max(1, Math.round(perSecond * PERIOD.toSeconds()));
    this.bucket =
        io.github.bucket4j.Bucket.builder()
            .addLimit(limit -> limit.capacity(capacity).refillGreedy(refill, PERIOD))
            .withCustomTimePrecision(new Ticks(ticker))
            .build();
  }

  /** A bucket of requests, or null where they are not limited. */
  static @Nullable Bucket ofRequests(
      @Nullable Double perSecond, @Nullable Integer burst, LongSupplier ticker) {
    if (perSecond == null) {
      return null;
    }
    long most = burst != null ? burst.longValue() : (long) Math.max(1, Math.ceil(perSecond));
    return new Bucket(most, perSecond, ticker);
  }

  /** A bucket of a minute's tokens, or null where they are not limited. */
  static @Nullable Bucket ofTokens(@Nullable Long perMinute, LongSupplier ticker) {
    return perMinute == null ? null : new Bucket(perMinute, perMinute / 60.0, ticker);
  }

  private record Ticks(LongSupplier ticker) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return ticker.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  /** The most that it ever has. */
  long capacity() {
    return capacity;
  }

  boolean take(long amount) {
    return bucket.tryConsume(amount);
  }

  /** Takes what was used already, into debt if need be. */
  void charge(long amount) {
    if (amount > 0) {
      bucket.consumeIgnoringRateLimits(amount);
    }
  }

  void giveBack(long amount) {
    if (amount > 0) {
      bucket.addTokens(amount);
    }
  }

  /** What it has; none while it is in debt. */
  long remaining() {
    return Math.max(0, bucket.getAvailableTokens());
  }

  /** Nanoseconds until it has so much. */
  long nanosUntil(long amount) {
    long missing = amount - bucket.getAvailableTokens();
    if (missing <= 0) {
      return 0;
    }
    return amount <= capacity
        ? bucket.estimateAbilityToConsume(amount).getNanosToWaitForRefill()
        : (long) (missing / perSecond * NANOS_PER_SECOND);
  }

  /** Nanoseconds until it is full. */
  long nanosUntilFull() {
    return nanosUntil(capacity);
  }
}
