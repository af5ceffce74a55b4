package io.turnpike.admission;

import io.turnpike.caller.Caller;
import io.turnpike.caller.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * One caller's turns that wait, first come first served, and what it may have. For whoever holds
 * the lock of its {@link Admission}.
 */
final class Line {

  private static final Duration USUAL_WAIT = Duration.ofSeconds(30);

  private Caller caller;
  private final ArrayDeque<Ticket> waiting = new ArrayDeque<>(0);
  private Limits limits;
  private Gate gate;

  /** Turns of this caller under way. */
  int inside;

  Line(Caller caller, Limits limits, LongSupplier ticker) {
    this.caller = caller;
    this.limits = limits;
    this.gate = new Gate(caller.id(), limits, ticker);
  }

  Caller caller() {
    return caller;
  }

  Gate gate() {
    return gate;
  }

  /** The file was read again; if limits have changed, turns under way keep their old places. */
  void adopt(Caller now, Limits limitsNow, LongSupplier ticker) {
    caller = now;
    if (!limits.equals(limitsNow)) {
      limits = limitsNow;
      gate = new Gate(now.id(), limitsNow, ticker);
    }
  }

  int maxWaiting() {
    Integer most = limits.queue();
    return most == null ? 0 : most;
  }

  long waitNanos() {
    Duration longest = limits.maxWait();
    return (longest == null ? USUAL_WAIT : longest).toNanos();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  boolean isIdle() {
    return waiting.isEmpty() && inside == 0;
  }

  int size() {
    return waiting.size();
  }

  void add(Ticket ticket) {
    waiting.add(ticket);
  }

  /** The one that waits longest; there must be one. */
  Ticket first() {
    return waiting.getFirst();
  }

  /** The same, which waits no more. */
  Ticket takeFirst() {
    return waiting.removeFirst();
  }

  /** The one that came last, which waits no more; there must be one. */
  Ticket takeLast() {
    return waiting.removeLast();
  }

  /** Takes one out that waits somewhere in it; false: it waits no more. */
  boolean remove(Ticket ticket) {
    return waiting.remove(ticket);
  }
}
