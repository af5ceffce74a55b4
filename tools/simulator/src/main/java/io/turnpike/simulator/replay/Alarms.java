package io.turnpike.simulator.replay;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * When turns want to be woken. Nearly every alarm is put off or stopped before its time, so that is
 * free: an entry of the queue is looked at again only when it is the first.
 */
final class Alarms {

  /** One turn's. */
  static final class Alarm {
    private @Nullable Runnable ring;
    private @Nullable Entry entry;
    private long dueNanos;

    Alarm(Runnable ring) {
      this.ring = ring;
    }

    /** It rings no more. */
    void stop() {
      ring = null;
      entry = null;
    }
  }

  private static final class Entry {
    final long nanos;
    final long order;
    final Alarm alarm;

    Entry(long nanos, long order, Alarm alarm) {
      this.nanos = nanos;
      this.order = order;
      this.alarm = alarm;
    }

    boolean isStale() {
      return alarm.entry != this;
    }
  }

  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(
          Comparator.<Entry>comparingLong(entry -> entry.nanos)
              .thenComparingLong(entry -> entry.order));
  private long order;

  /** Lets an alarm ring then, and not at the time that it was set to before. */
  void set(Alarm alarm, long dueNanos) {
    alarm.dueNanos = dueNanos;
    Entry queued = alarm.entry;
    if (queued == null || dueNanos < queued.nanos) {
      queue(alarm);
    }
  }

  private void queue(Alarm alarm) {
    Entry entry = new Entry(alarm.dueNanos, order++, alarm);
    alarm.entry = entry;
    entries.add(entry);
  }

  /** When the next one rings; {@link Long#MAX_VALUE}: none will. */
  long nextNanos() {
    for (Entry first = entries.peek(); first != null; first = entries.peek()) {
      boolean stale = first.isStale();
      if (!stale && first.alarm.dueNanos <= first.nanos) {
        return first.nanos;
      }
      entries.remove();
      if (!stale) {
        queue(first.alarm);
      }
    }
    return Long.MAX_VALUE;
  }

  /** Rings the next one; only if there is one. */
  void ring() {
    Entry first = entries.remove();
    Runnable ring = first.alarm.ring;
    first.alarm.entry = null;
    if (ring != null) {
      ring.run();
    }
  }
}
