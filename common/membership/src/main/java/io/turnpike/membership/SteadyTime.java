package io.turnpike.membership;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Time that starts at the wall clock and then only goes forward at its own pace, so that a step of
 * the clock expires no lease. Safe for use by many threads.
 */
public final class SteadyTime implements InstantSource {

  private final Instant startedAt;
  private final long startedNanos;

  /** Time from now on. */
  public SteadyTime(InstantSource wallClock) {
    startedAt = wallClock.instant();
    startedNanos = System.nanoTime();
  }

  @Override
  public Instant instant() {
    return startedAt.plusNanos(System.nanoTime() - startedNanos);
  }
}
