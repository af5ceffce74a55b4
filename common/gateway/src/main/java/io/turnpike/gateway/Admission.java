package io.turnpike.gateway;

import io.turnpike.error.ApiError;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets turns in: so many at once, none while draining. A permit is a real one: it is given back
 * once, when the turn ended in whatever way. Thread-safe.
 */
public final class Admission {

  private final int maxTurns;
  private final AtomicInteger turns = new AtomicInteger();
  private final AtomicReference<@Nullable Runnable> onIdle = new AtomicReference<>();
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
      ended();
      return null;
    }
    if (draining) { // just now
      ended();
      return null;
    }
    return new Permit(this);
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

  /** Whether no more turns are let in. */
  boolean isDraining() {
    return draining;
  }

  /** Lets no more turns in; those under way go on, and after the last of them this is run, once. */
  void drain(Runnable whenIdle) {
    onIdle.set(whenIdle);
    draining = true;
    tellIfIdle();
  }

  private void ended() {
    if (turns.decrementAndGet() == 0 && draining) {
      tellIfIdle();
    }
  }

  private void tellIfIdle() {
    Runnable waiting = turns.get() == 0 ? onIdle.getAndSet(null) : null;
    if (waiting != null) {
      waiting.run();
    }
  }

  /** A turn's right to be under way; for the loop of its turn. */
  static final class Permit {

    private final Admission admission;
    private boolean released;

    private Permit(Admission admission) {
      this.admission = admission;
    }

    void release() {
      if (!released) {
        released = true;
        admission.ended();
      }
    }
  }
}
