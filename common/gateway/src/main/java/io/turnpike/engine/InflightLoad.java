package io.turnpike.engine;

import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.LoadView;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What this gateway has under way on each node, in turns and in tokens. A reservation is made when
 * the decision falls and given back when the leg's body ended, failed or was dropped, never when
 * headers arrive. Thread-safe.
 */
public final class InflightLoad implements LoadView {

  /** Tokens that an answer is expected to have if the request sets no limit. */
  private static final int EXPECTED_ANSWER_TOKENS = 256;

  private final ConcurrentHashMap<NodeId, Counter> counters = new ConcurrentHashMap<>();

  /** Takes a place on a node for so many tokens. */
  public Reservation reserve(NodeId node, long tokens) {
    Counter counter = counters.computeIfAbsent(node, id -> new Counter());
    counter.turns.incrementAndGet();
    counter.tokens.addAndGet(tokens);
    return new Reservation(counter, tokens);
  }

  /** Tokens that a decode node will hold for a turn: its prompt and its likely answer. */
  public static long decodeTokens(long promptTokens, long maxTokens) {
    return promptTokens
        + (maxTokens < 0
            ? EXPECTED_ANSWER_TOKENS
            : Math.min(maxTokens, 4L * EXPECTED_ANSWER_TOKENS));
  }

  @Override
  public long inflightTokens(NodeId node) {
    Counter counter = counters.get(node);
    return counter == null ? 0 : counter.tokens.get();
  }

  /** Turns under way on a node. */
  public long inflightTurns(NodeId node) {
    Counter counter = counters.get(node);
    return counter == null ? 0 : counter.turns.get();
  }

  private static final class Counter {
    final AtomicLong turns = new AtomicLong();
    final AtomicLong tokens = new AtomicLong();
  }

  /** A place on a node; released once, however often it is asked to. */
  public static final class Reservation extends AtomicBoolean {

    private static final long serialVersionUID = 1;

    private final transient Counter counter;
    private final long tokens;

    private Reservation(Counter counter, long tokens) {
      this.counter = counter;
      this.tokens = tokens;
    }

    /** Gives the place back. */
    public void release() {
      if (compareAndSet(false, true)) {
        counter.turns.decrementAndGet();
        counter.tokens.addAndGet(-tokens);
      }
    }
  }
}
