package io.turnpike.turn;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.NodeWork;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.LoadView;
import io.turnpike.turn.Effect.Slot;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What this gateway has under way on each node. A place is taken when the decision falls and given
 * back when the leg's body ended, failed or was dropped, never when headers arrive. Thread-safe; a
 * {@link Reservation} is for the loop of its turn.
 */
public final class InflightLoad implements LoadView {

  private final ConcurrentHashMap<NodeId, NodeTally> tallies = new ConcurrentHashMap<>();
  private final AnswerLengths answers;
  private final LongSupplier ticker;

  /**
   * @param answers by which what an answer still takes is guessed
   * @param ticker nanoseconds
   */
  public InflightLoad(AnswerLengths answers, LongSupplier ticker) {
    this.answers = answers;
    this.ticker = ticker;
  }

  /** Takes a place on a node. */
  public Reservation reserve(Effect.Reserve reserve) {
    NodeTally tally = tallies.computeIfAbsent(reserve.node().id(), id -> new NodeTally());
    double expected = answers.guess(reserve.burden().mostTokens());
    NodeTally.Held held = new NodeTally.Held(reserve.slot(), reserve.burden(), expected);
    tally.takes(held, ticker.getAsLong());
    return new Reservation(tally, held, ticker);
  }

  /** An answer ended by itself, so long. */
  public void answered(long tokens) {
    answers.learn(tokens);
  }

  @Override
  public long inflightTokens(NodeId node) {
    NodeTally tally = tallies.get(node);
    return tally == null ? 0 : tally.tokens();
  }

  @Override
  public void tell(NodeId node, NodeWork work) {
    NodeTally tally = tallies.get(node);
    if (tally == null) {
      work.clear();
    } else {
      tally.tell(work, ticker.getAsLong());
    }
  }

  /** Tokens of prompts that a node has not computed yet. */
  public long waitingTokens(NodeId node) {
    NodeTally tally = tallies.get(node);
    return tally == null ? 0 : tally.waitingTokens();
  }

  /** Turns under way on a node. */
  public long inflightTurns(NodeId node) {
    NodeTally tally = tallies.get(node);
    return tally == null ? 0 : tally.turns();
  }

  /** Forgets nodes that left, once nothing of ours is under way there. */
  public void keepOnly(Set<NodeId> present) {
    tallies.entrySet().removeIf(e -> !present.contains(e.getKey()) && e.getValue().turns() == 0);
  }

  /** A place on a node. */
  public static final class Reservation {

    private final NodeTally tally;
    private final NodeTally.Held held;
    private final LongSupplier ticker;
    private boolean promptDone;
    private boolean released;

    private Reservation(NodeTally tally, NodeTally.Held held, LongSupplier ticker) {
      this.tally = tally;
      this.held = held;
      this.ticker = ticker;
    }

    /** The node has computed the prompt. */
    public void promptDone() {
      if (!promptDone && !released) {
        promptDone = true;
        tally.promptDone(held, ticker.getAsLong());
      }
    }

    /** Gives the place back. */
    public void release() {
      if (!released) {
        if (held.slot == Slot.PREFILL) {
          promptDone();
        }
        released = true;
        tally.givesBack(held, ticker.getAsLong());
      }
    }
  }
}
