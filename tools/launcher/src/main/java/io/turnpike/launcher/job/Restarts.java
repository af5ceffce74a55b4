package io.turnpike.launcher.job;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often a process that ends is started again: at most {@value #MOST} times in a row, each time
 * after a longer pause. One that has lived for {@link #FORGIVEN} begins anew. Not thread-safe.
 */
public final class Restarts {

  /** More than this in a row means that it will not live. */
  static final int MOST = 5;

  /** A process that has lived so long is well. */
  static final Duration FORGIVEN = Duration.ofMinutes(10);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** One process's ends in a row. */
  private record Ends(int count, long lastNanos) {}

  private final Map<String, Ends> ends = new HashMap<>();

  /**
   * What to do about a process that has ended: the pause before it is started again, or null when
   * it was often enough.
   *
   * @param nowNanos as {@link System#nanoTime}
   */
  public @Nullable Duration pause(String name, long nowNanos) {
    Ends before = ends.get(name);
    boolean inARow = before != null && nowNanos - before.lastNanos() < FORGIVEN.toNanos();
    int count = before != null && inARow ? before.count() + 1 : 1;
    ends.put(name, new Ends(count, nowNanos));
    return count > MOST ? null : FIRST_PAUSE.multipliedBy(1L << (count - 1));
  }
}
