package io.turnpike.simulator.engine;

import io.turnpike.simulator.step.StepModel;

/**
 * The step under way, or a row of decode-only steps that differ by one token each, run in one go.
 * When something new comes, the row ends with the step that is under way then.
 */
final class StepRow {

  private static final long NEVER = Long.MAX_VALUE;

  private final StepModel model;
  private long startNanos;
  private long count;
  private long endNanos = NEVER;

  StepRow(StepModel model) {
    this.model = model;
  }

  boolean isIdle() {
    return endNanos == NEVER;
  }

  /** When it ends; {@link Long#MAX_VALUE} without a step under way. */
  long endNanos() {
    return endNanos;
  }

  /** Steps in it. */
  long count() {
    return count;
  }

  void start(long nowNanos, long steps) {
    startNanos = nowNanos;
    count = steps;
    endNanos = startNanos + nanos(steps);
  }

  void end() {
    endNanos = NEVER;
  }

  /** Something new has come. */
  void cut(long nowNanos) {
    if (isIdle() || count == 1) {
      return;
    }
    long done = doneBy(nowNanos);
    if (done == 0 || startNanos + nanos(done) < nowNanos) {
      done++;
    }
    count = Math.min(count, done);
    endNanos = startNanos + nanos(count);
  }

  /** Whole steps of the row that are over by then; zero for a single one. */
  long doneBy(long nowNanos) {
    if (isIdle() || count == 1) {
      return 0;
    }
    long low = 0;
    long high = count;
    while (low < high) {
      long middle = (low + high + 1) / 2;
      if (startNanos + nanos(middle) <= nowNanos) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private long nanos(long steps) {
    return steps == 1 ? model.nanos() : model.nanosOfDecodeSteps(steps);
  }
}
