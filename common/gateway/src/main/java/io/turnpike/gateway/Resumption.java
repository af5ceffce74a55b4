package io.turnpike.gateway;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.openai.ResumedTurn;
import io.turnpike.openai.SaidText;
import io.turnpike.openai.TurnBody;
import io.turnpike.receipt.Resumed;
import io.turnpike.routing.RouteDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one answer so that it can go on elsewhere, and what came of that. For the loop of
 * its turn.
 */
final class Resumption {

  private final SaidText said = new SaidText();
  private final List<Resumed> done = new ArrayList<>(0);
  private @Nullable ResumedTurn turn;
  private @Nullable Cut cut;

  /**
   * @param from the node that broke off
   * @param lastSignNanos when its last byte came
   */
  private record Cut(NodeId from, long lastSignNanos) {}

  /** The text that the client has been given. */
  SaidText said() {
    return said;
  }

  /** The answer broke off, unless it has not gone on since it did. */
  void brokeOff(Node from, long lastSignNanos) {
    if (cut == null) {
      cut = new Cut(from.id(), lastSignNanos);
    }
  }

  /** Begins to make the request that goes on; null: nobody can be told where. */
  @Nullable ResumedTurn begin(TurnBody body) {
    turn = said.isKnown() ? body.resumed(said) : null;
    return turn;
  }

  /** What the legs are asked that are to go on; null: none is. Holds the request's body. */
  @Nullable ResumedTurn turn() {
    return turn;
  }

  /** The answer goes on. */
  void goesOn(RouteDecision way, long nowNanos) {
    Cut before = Objects.requireNonNull(cut);
    Node prefill = way.prefill();
    done.add(
        new Resumed(
            before.from,
            prefill == null ? null : prefill.id(),
            Objects.requireNonNull(way.answering()).id(),
            Objects.requireNonNull(turn).saidTokens(),
            (nowNanos - before.lastSignNanos) / 1e6));
    cut = null;
    turn = null;
  }

  /** How often it went on, and where. */
  List<Resumed> done() {
    return List.copyOf(done);
  }
}
