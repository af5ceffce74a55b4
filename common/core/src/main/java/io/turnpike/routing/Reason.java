package io.turnpike.routing;

import java.util.Locale;

/** Why a turn went the way it went; a receipt's and a metric's word. */
public enum Reason {
  /** The client left before anything was decided. */
  UNDECIDED,
  /** No earlier turn of this conversation is known. */
  FIRST_TURN,
  /** The mode sends every turn this way. */
  MODE,
  /** The node holds the conversation's KV. */
  CACHE_WARM,
  /** The node that held the conversation is not in the cluster any more, or does not answer. */
  DECODE_GONE,
  /** The node that held the conversation restarted: its KV is gone. */
  DECODE_RESTARTED,
  /** The node that held the conversation is being taken out. */
  DECODE_DRAINING,
  /** The conversation store did not answer, so replicas agree by hashing. */
  STORE_UNAVAILABLE,
  /** The connector's decode nodes serve no turn without a handoff. */
  CONNECTOR,
  /** No prefill node can be paired with the decode node. */
  NO_PREFILL,
  /** Every pairing with the decode node failed too often in a row. */
  PAIR_SUSPENDED,
  /** The request makes several sequences, which one handoff cannot carry. */
  SEVERAL_SEQUENCES,
  /** A prefill leg failed and this is what was done instead. */
  PREFILL_FAILED,
  /** A handoff failed before the client saw anything and this is what was done instead. */
  HANDOFF_LOST,
  /** A decode leg failed before the client saw anything and this is what was done instead. */
  DECODE_FAILED,
  /** The least loaded node was taken for a new conversation. */
  LEAST_LOADED,
  /** The other path has to wait longer for prompts that came before. */
  QUEUE,
  /** The other path has more of the prompt to compute. */
  COMPUTE,
  /** The other path pays more for a handoff. */
  HANDOFF,
  /** On the other path the answer would be slower, among more answers. */
  PACE,
  /** The other path holds others up for longer. */
  NEIGHBOURS,
  /** The other path takes more time of engines that can do other work. */
  ENGINE_TIME,
  /** On the other path KV would drive out that of others. */
  MEMORY,
  /** There is no other path. */
  ONLY_PATH,
  /** Costs are not known, and there is little to compute. */
  FEW_NEW_TOKENS,
  /** Costs are not known, and there is much to compute. */
  MANY_NEW_TOKENS,
  /** Costs are not known, and prefill nodes have enough to do. */
  PREFILL_BUSY,
  /** Costs are not known, and the decode node has enough to do. */
  DECODE_BUSY,
  /** No prefill node is ready, and decode nodes cannot do without one. */
  NO_PREFILL_NODE,
  /** No decode node is ready. */
  NO_DECODE_NODE,
  /** No replica is ready. */
  NO_REPLICA_NODE;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The reason's name in receipts, headers and metrics: lower case with dashes. */
  public String word() {
    return word;
  }
}
