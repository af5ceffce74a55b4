package io.turnpike.routing;

import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import org.jspecify.annotations.Nullable;

/**
 * What a decision may know of a turn.
 *
 * @param model the model asked for, or null
 * @param turn 1 for a conversation's first turn, or when no earlier turn is known
 * @param holder who holds the conversation's KV, or null
 * @param promptTokens tokens of the whole prompt (an estimate)
 * @param cachedTokens of those, tokens that the holder is expected to have
 * @param maxTokens the most tokens the answer may have; −1: only the context limits it
 * @param severalSequences whether it makes more than one sequence (n &gt; 1, several prompts)
 * @param placementKey a hash on which all replicas agree, for a turn that the shared store could
 *     not be asked about; null: place it by load
 */
public record TurnFacts(
    @Nullable String model,
    int turn,
    @Nullable Holder holder,
    long promptTokens,
    long cachedTokens,
    long maxTokens,
    boolean severalSequences,
    @Nullable Long placementKey) {

  /** Tokens that an answer is expected to have if the request sets no limit. */
  private static final long EXPECTED_ANSWER_TOKENS = 256;

  /** The node that holds an earlier turn's KV; null for a first turn, also a repeated one. */
  public @Nullable Holder earlierHolder() {
    return turn == 1 ? null : holder;
  }

  /** Tokens that room is kept for in an answer: the request's limit up to 1,024, or 256. */
  public static long expectedAnswerTokens(long maxTokens) {
    return maxTokens < 0 ? EXPECTED_ANSWER_TOKENS : Math.min(maxTokens, 4 * EXPECTED_ANSWER_TOKENS);
  }

  /**
   * The node that holds a conversation's KV.
   *
   * @param node its id
   * @param epoch the life of the engine in which it got the KV
   */
  public record Holder(NodeId node, Epoch epoch) {

    /** That node, if it can still use its KV for the work of that role; else null. */
    @Nullable Node stillHolding(Role role, RoutingView view) {
      Node found = view.cluster().node(node);
      return found != null
              && found.role().does(role)
              && found.epoch().equals(epoch)
              && found.isReady()
              && view.usability().node(found)
          ? found
          : null;
    }

    /** That node, if it can still answer from its KV, by itself or continuing; else null. */
    @Nullable Node stillAnswering(RoutingView view) {
      Node decode = stillHolding(Role.DECODE, view);
      return decode == null ? stillHolding(Role.REPLICA, view) : decode;
    }

    /** Why not. */
    Reason whyLost(Role role, RoutingView view) {
      Node found = view.cluster().node(node);
      if (found == null || !found.role().does(role)) {
        return Reason.DECODE_GONE;
      }
      if (!found.epoch().equals(epoch)) {
        return Reason.DECODE_RESTARTED;
      }
      return found.state() == NodeState.DRAINING ? Reason.DECODE_DRAINING : Reason.DECODE_GONE;
    }
  }
}
