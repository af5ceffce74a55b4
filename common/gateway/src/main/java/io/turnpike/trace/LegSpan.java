package io.turnpike.trace;

import io.opentelemetry.api.trace.Span;
import io.turnpike.node.Node;
import io.turnpike.turn.Leg;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnRecord;
import org.jspecify.annotations.Nullable;

/** The span of one leg, and what came of it as far as the turn's next steps show. */
final class LegSpan {

  private enum Fate {
    OPEN,
    WORKED,
    FAILED
  }

  private final Leg leg;
  private final @Nullable Node from;
  private final Span span;
  private final long begunNanos;
  private Fate fate = Fate.OPEN;
  private long endedNanos;

  /**
   * @param from whose handoff it takes; null: none
   */
  LegSpan(Leg leg, @Nullable Node from, Span span, long begunNanos) {
    this.leg = leg;
    this.from = from;
    this.span = span;
    this.begunNanos = begunNanos;
  }

  Leg leg() {
    return leg;
  }

  @Nullable Node from() {
    return from;
  }

  Span span() {
    return span;
  }

  long begunNanos() {
    return begunNanos;
  }

  /** The turn goes on with what it gave. */
  void worked(long nowNanos) {
    close(Fate.WORKED, nowNanos);
  }

  /** The turn goes on without it. */
  void failed(long nowNanos) {
    close(Fate.FAILED, nowNanos);
  }

  private void close(Fate how, long nowNanos) {
    if (fate == Fate.OPEN) {
      fate = how;
      endedNanos = nowNanos;
    }
  }

  /** The turn is over: a leg that answered ends with its first content, others with the turn. */
  void settle(TurnRecord record, long nowNanos) {
    long first = record.firstContentNanos();
    if (leg == Leg.PREFILL) {
      if (fate == Fate.OPEN && record.prefillNanos() >= 0) {
        worked(begunNanos + record.prefillNanos());
      }
    } else if (first != 0
        && first - begunNanos >= 0
        && (fate == Fate.OPEN || endedNanos - first >= 0)) {
      fate = Fate.WORKED;
      endedNanos = first;
    }
    if (fate == Fate.OPEN) {
      endedNanos = nowNanos;
    }
  }

  long endedNanos() {
    return endedNanos;
  }

  /** Whether it is the engine's fault that it gave nothing, and not that its client left. */
  boolean isFault(Outcome outcome) {
    return switch (fate) {
      case WORKED -> false;
      case FAILED -> true;
      case OPEN -> outcome == Outcome.FAILED || outcome == Outcome.CUT;
    };
  }
}
