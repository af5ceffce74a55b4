package io.turnpike.admission;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.LocalBucket;
import io.turnpike.admission.SharedBuckets.Shape;
import io.turnpike.caller.Limits;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
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
  static final Duration PERIOD = Duration.ofSeconds(1000);

  private final Shape whole;
  private final LocalBucket bucket;

  /** Taken since somebody last asked; what was given back comes off. */
  private final AtomicLong used = new AtomicLong();

  private volatile long capacity;
  private volatile double perSecond;

  /**
   * @param whole all that it gives out
   * @param ticker nanoseconds
   */
  Bucket(Shape whole, LongSupplier ticker) {
    this.whole = whole;
    this.capacity = whole.capacity();
    this.perSecond = whole.perSecond();
    this.bucket =
        io.github.bucket4j.Bucket.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(whole.capacity())
                        .refillGreedy(inPeriod(whole.perSecond()), PERIOD))
            .withCustomTimePrecision(new Ticks(ticker))
            .build();
  }

  /** What comes back in a period. */
  static long inPeriod(double perSecond) {
    return Math.max(1, Math.round(perSecond * PERIOD.toSeconds()));
  }

  /** A bucket of requests, or null where they are not limited. */
  static @Nullable Bucket ofRequests(String whose, Limits limits, LongSupplier ticker) {
    Double perSecond = limits.requestsPerSecond();
    if (perSecond == null) {
      return null;
    }
    Integer burst = limits.burst();
    long most = burst != null ? burst.longValue() : (long) Math.max(1, Math.ceil(perSecond));
    return new Bucket(new Shape(whose + ":requests", most, perSecond), ticker);
  }

  /** A bucket of a minute's tokens, or null where they are not limited. */
  static @Nullable Bucket ofTokens(String whose, Limits limits, LongSupplier ticker) {
    Long perMinute = limits.tokensPerMinute();
    return perMinute == null
        ? null
        : new Bucket(new Shape(whose + ":tokens", perMinute, perMinute / 60.0), ticker);
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
    boolean taken = bucket.tryConsume(amount);
    if (taken) {
      used.addAndGet(amount);
    }
    return taken;
  }

  /** Takes what was used already, into debt if need be. */
  void charge(long amount) {
    if (amount > 0) {
      bucket.consumeIgnoringRateLimits(amount);
      used.addAndGet(amount);
    }
  }

  void giveBack(long amount) {
    if (amount > 0) {
      bucket.addTokens(amount);
      used.addAndGet(-amount);
    }
  }

  // --- what replicas share of it ---

  /** All that it gives out. */
  Shape whole() {
    return whole;
  }

  /** What was taken since this was last asked; negative if more was given back. */
  long takeUsed() {
    return used.getAndSet(0);
  }

  /** Has no more than is left over all replicas, less what was taken here meanwhile. */
  void lowerTo(long left) {
    long excess = bucket.getAvailableTokens() - (left - used.get());
    if (excess > 0) {
      bucket.consumeIgnoringRateLimits(excess);
    }
  }

  /** From now on gives out one of so many equal parts. */
  void giveOut(int parts) {
    capacity = Math.max(1, whole.capacity() / parts);
    perSecond = whole.perSecond() / parts;
    bucket.replaceConfiguration(
        BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(capacity).refillGreedy(inPeriod(perSecond), PERIOD))
            .build(),
        TokensInheritanceStrategy.PROPORTIONALLY);
  }

  // --- what it tells ---

  /**
   * How full it is.
   *
   * @param remaining none while it is in debt
   */
  record Level(long capacity, long remaining, long nanosUntilFull) {}

  /** All that answers tell, by one look: Bucket4j copies its state for each. */
  Level level() {
    long available = bucket.getAvailableTokens();
    long most = capacity;
    return new Level(most, Math.max(0, available), nanosFor(most - available));
  }

  /** Nanoseconds until it has so much. */
  long nanosUntil(long amount) {
    long missing = amount - bucket.getAvailableTokens();
    if (missing <= 0) {
      return 0;
    }
    return amount <= capacity
        ? bucket.estimateAbilityToConsume(amount).getNanosToWaitForRefill()
        : nanosFor(missing);
  }

  /** How long so many take to come back. */
  private long nanosFor(long tokens) {
    return (long) (Math.max(0, tokens) / perSecond * NANOS_PER_SECOND);
  }
}
