package io.turnpike.routing;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What a decision may know of a turn.
 *
 * @param model the model asked for, or null
 * @param turn 1 for a conversation's first turn, or when no earlier turn is known
 * @param holder who holds the conversation's KV, or null
 * @param promptTokens tokens of the whole prompt (an estimate)
 * @param cachedTokens of those, tokens that the holder is expected to have
 * @param severalSequences whether it makes more than one sequence (n &gt; 1, several prompts)
 * @param placementKey a hash on which all replicas agree, to place a conversation of which nothing
 *     is known although something should be; null: place it by load
 */
public record TurnFacts(
    @Nullable String model,
    int turn,
    @Nullable Holder holder,
    long promptTokens,
    long cachedTokens,
    boolean severalSequences,
    @Nullable Long placementKey) {

  /**
   * The node that holds a conversation's KV.
   *
   * @param node its id
   * @param epoch the life of the engine in which it got the KV
   */
  public record Holder(NodeId node, Epoch epoch) {}
}
