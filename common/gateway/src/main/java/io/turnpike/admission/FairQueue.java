package io.turnpike.admission;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lines of all callers that have turns waiting, served round robin. For whoever holds the lock
 * of its {@link Admission}.
 */
final class FairQueue {

  /** In the order of their chances; none of them is empty between two calls. */
  private final ArrayDeque<Line> ring = new ArrayDeque<>();

  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(Ticket ticket) {
    if (ticket.line.isEmpty()) {
      ring.add(ticket.line);
    }
    ticket.line.add(ticket);
    size++;
  }

  /** Takes one out that waits somewhere; nothing if it waits no more. */
  void remove(Ticket ticket) {
    if (ticket.line.remove(ticket)) {
      size--;
      if (ticket.line.isEmpty()) {
        ring.remove(ticket.line);
      }
    }
  }

  /** The first turn of the next line whose own gate lets one in, which it has entered by then. */
  @Nullable Ticket takeNext() {
    for (int i = ring.size(); i > 0; i--) {
      Line line = ring.remove();
      if (line.gate().tryEnter()) {
        return takeFirst(line);
      }
      ring.add(line);
    }
    return null;
  }

  private Ticket takeFirst(Line line) {
    Ticket first = line.takeFirst();
    size--;
    if (!line.isEmpty()) {
      ring.add(line);
    }
    return first;
  }

  /** Takes the last turn of the longest line, if that is longer by more than one than a length. */
  @Nullable Ticket takeLastOfLonger(int length) {
    Line longest = null;
    for (Line line : ring) {
      longest = longest == null || line.size() > longest.size() ? line : longest;
    }
    if (longest == null || longest.size() <= length + 1) {
      return null;
    }
    size--;
    return longest.takeLast();
  }

  /** Takes those out whose time is over. */
  void takeLate(long nowNanos, Consumer<Ticket> late) {
    for (int i = ring.size(); i > 0; i--) {
      Line line = ring.remove();
      while (!line.isEmpty() && nowNanos - line.first().deadlineNanos >= 0) {
        size--;
        late.accept(line.takeFirst());
      }
      if (!line.isEmpty()) {
        ring.add(line);
      }
    }
  }

  /** Takes all out. */
  void takeAll(Consumer<Ticket> each) {
    for (Line line : ring) {
      while (!line.isEmpty()) {
        each.accept(line.takeFirst());
      }
    }
    ring.clear();
    size = 0;
  }

  /** One of those that wait, or null. */
  @Nullable Ticket any() {
    Line line = ring.peekFirst();
    return line == null ? null : line.first();
  }

  /**
   * Nanoseconds until somebody's time is over, or a rate lets somebody in; what a turn that ends
   * makes possible is not foreseen.
   */
  long nanosUntilNext(long nowNanos, Gate gateway) {
    long late = Long.MAX_VALUE;
    long byCaller = Long.MAX_VALUE;
    for (Line line : ring) {
      late = Math.min(late, line.first().deadlineNanos - nowNanos);
      long own = line.gate().nanosUntil(1);
      byCaller = own > 0 ? Math.min(byCaller, own) : byCaller;
    }
    long byRate = gateway.nanosUntil(1);
    return Math.max(0, Math.min(late, byRate > 0 ? byRate : byCaller));
  }
}
