package io.turnpike.gateway;

import io.turnpike.error.ApiError;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets turns in: so many at once, none while draining. A permit is a real one: it is given back
 * once, when the turn ended in whatever way. Thread-safe.
 */
public final class Admission {

  private final int maxTurns;
  private final AtomicInteger turns = new AtomicInteger();
  private volatile boolean draining;

  public Admission(int maxTurns) {
    this.maxTurns = maxTurns;
  }

  /** A permit, or null: then {@link #refusal} says why. */
  @Nullable Permit admit() {
    if (draining) {
      return null;
    }
    if (turns.incrementAndGet() > maxTurns) {
      turns.decrementAndGet();
      return null;
    }
    return new Permit(turns);
  }

  /** What a client is told that got no permit. */
  ApiError refusal() {
    return draining
        ? ApiError.draining()
        : ApiError.tooManyRequests(
            "More than %d turns are under way; try again in a moment".formatted(maxTurns));
  }

  /** Turns under way. */
  public int turns() {
    return turns.get();
  }

  /** Lets no more turns in; those under way go on. */
  public void drain() {
    draining = true;
  }

  /** A turn's right to be under way. */
  static final class Permit extends AtomicBoolean {

    private static final long serialVersionUID = 1;

    private final transient AtomicInteger turns;

    private Permit(AtomicInteger turns) {
      this.turns = turns;
    }

    void release() {
      if (compareAndSet(false, true)) {
        turns.decrementAndGet();
      }
    }
  }
}
