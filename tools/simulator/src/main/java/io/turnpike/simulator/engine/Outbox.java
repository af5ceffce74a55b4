package io.turnpike.simulator.engine;

import java.util.ArrayDeque;

/** The way out: what the steps gave, on its fixed delay to the client. First in, first out. */
final class Outbox {

  private sealed interface Item {
    long atNanos();
  }

  private record Token(Sequence sequence, int index, long atNanos) implements Item {}

  private record End(Finished finished, long atNanos) implements Item {}

  private final long delayNanos;
  private final ArrayDeque<Item> items = new ArrayDeque<>();

  Outbox(long delayNanos) {
    this.delayNanos = delayNanos;
  }

  void token(Sequence sequence, int index, long madeNanos) {
    items.add(new Token(sequence, index, madeNanos + delayNanos));
  }

  void end(Finished finished, long madeNanos) {
    items.add(new End(finished, madeNanos + delayNanos));
  }

  /** What needs no way: it goes out before everything else. */
  void endNow(Finished finished, long nowNanos) {
    items.addFirst(new End(finished, nowNanos));
  }

  /** Nobody listens to that sequence's tokens any more. */
  void drop(Sequence sequence) {
    items.removeIf(item -> item instanceof Token token && token.sequence == sequence);
  }

  long nextNanos() {
    Item first = items.peekFirst();
    return first == null ? Long.MAX_VALUE : first.atNanos();
  }

  void deliver(long nowNanos, EngineListener listener) {
    while (nextNanos() <= nowNanos) {
      switch (items.removeFirst()) {
        case Token token -> listener.onToken(token.sequence.request, token.index, token.atNanos);
        case End end -> listener.onFinished(end.finished, end.atNanos);
      }
    }
  }
}
