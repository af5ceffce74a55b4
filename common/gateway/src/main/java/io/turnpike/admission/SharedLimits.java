package io.turnpike.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes replicas share what callers may have. No turn waits for it: each replica decides by buckets
 * of its own, tells the shared ones what was used since it last did, and lowers its own to what is
 * left there. So all together may exceed a limit by what they give out between two looks, which is
 * charged all the same and comes off what follows.
 *
 * <p>While the shared buckets cannot be reached, each replica gives out its share, and says so.
 */
public final class SharedLimits {

  private static final Logger LOG = LoggerFactory.getLogger(SharedLimits.class);

  /** Charges of which nobody has heard yet; while there are as many, no more are sent. */
  private static final int MAX_UNDER_WAY = 1_000;

  private final Admission admission;
  private final SharedBuckets buckets;
  private final Duration patience;
  private final int replicas;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean away;

  /**
   * @param patience how long an answer may take
   * @param replicas how many there are
   */
  public SharedLimits(Admission admission, SharedBuckets buckets, Duration patience, int replicas) {
    this.admission = admission;
    this.buckets = buckets;
    this.patience = patience;
    this.replicas = replicas;
  }

  /** Tells what was used; to be called a few times a second. */
  public void tell() {
    if (underWay.get() >= MAX_UNDER_WAY) {
      return;
    }
    for (Usage usage : admission.takeUsage()) {
      charge(usage);
    }
  }

  /**
   * What a caller has used of one of its buckets.
   *
   * @param of the caller's
   */
  record Usage(Bucket of, long amount) {}

  private void charge(Usage usage) {
    underWay.incrementAndGet();
    var _ =
        buckets
            .charge(usage.of().whole(), usage.amount())
            .toCompletableFuture()
            .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete((left, error) -> heard(usage, left, error));
  }

  private void heard(Usage usage, @Nullable Long left, @Nullable Throwable error) {
    underWay.decrementAndGet();
    if (error == null && left != null) {
      usage.of().lowerTo(left);
      reached();
    } else {
      lost();
    }
  }

  private synchronized void reached() {
    if (away) {
      away = false;
      admission.giveOut(1);
      LOG.info("limits of callers are shared again");
    }
  }

  private synchronized void lost() {
    if (!away) {
      away = true;
      admission.giveOut(replicas);
      LOG.atWarn()
          .addKeyValue("replicas", replicas)
          .log("limits of callers are not shared: each replica gives out its share");
    }
  }

  /** In one word or a few: how it is at the moment. */
  public String word() {
    return away ? "share of " + replicas : "shared";
  }
}
