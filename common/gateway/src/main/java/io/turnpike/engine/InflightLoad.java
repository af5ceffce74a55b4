package io.turnpike.engine;

import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.LoadView;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What this gateway has under way on each node, in turns and in tokens. A place is taken when the
 * decision falls and given back when the leg's body ended, failed or was dropped, never when
 * headers arrive. Thread-safe; a {@link Reservation} is for the loop of its turn.
 */
public final class InflightLoad implements LoadView {

  private final ConcurrentHashMap<NodeId, Counter> counters = new ConcurrentHashMap<>();

  /**
   * Takes a place on a node.
   *
   * @param tokens that the node holds for the turn
   * @param waitingTokens of the prompt that the node has to compute first
   */
  public Reservation reserve(NodeId node, long tokens, long waitingTokens) {
    Counter counter = counters.computeIfAbsent(node, id -> new Counter());
    counter.turns.incrementAndGet();
    counter.tokens.addAndGet(tokens);
    counter.waiting.addAndGet(waitingTokens);
    return new Reservation(counter, tokens, waitingTokens);
  }

  @Override
  public long inflightTokens(NodeId node) {
    Counter counter = counters.get(node);
    return counter == null ? 0 : counter.tokens.get();
  }

  /** Tokens of prompts that a node has not computed yet. */
  public long waitingTokens(NodeId node) {
    Counter counter = counters.get(node);
    return counter == null ? 0 : counter.waiting.get();
  }

  /** Turns under way on a node. */
  public long inflightTurns(NodeId node) {
    Counter counter = counters.get(node);
    return counter == null ? 0 : counter.turns.get();
  }

  /** Forgets nodes that left, once nothing of ours is under way there. */
  public void keepOnly(Set<NodeId> present) {
    counters
        .entrySet()
        .removeIf(e -> !present.contains(e.getKey()) && e.getValue().turns.get() == 0);
  }

  private static final class Counter {
    final AtomicLong turns = new AtomicLong();
    final AtomicLong tokens = new AtomicLong();
    final AtomicLong waiting = new AtomicLong();
  }

  /** A place on a node. */
  public static final class Reservation {

    private final Counter counter;
    private final long tokens;
    private long waitingTokens;
    private boolean released;

    private Reservation(Counter counter, long tokens, long waitingTokens) {
      this.counter = counter;
      this.tokens = tokens;
      this.waitingTokens = waitingTokens;
    }

    /** The node has computed the prompt. */
    public void promptDone() {
      counter.waiting.addAndGet(-waitingTokens);
      waitingTokens = 0;
    }

    /** Gives the place back. */
    public void release() {
      if (!released) {
        released = true;
        promptDone();
        counter.turns.decrementAndGet();
        counter.tokens.addAndGet(-tokens);
      }
    }
  }
}
