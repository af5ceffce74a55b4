package io.turnpike.cost;

/**
 * What a gateway knows of a node at one moment, as far as it matters to a turn's price. A decision
 * uses one of them for all nodes, so that looking at a node allocates nothing; used by one thread.
 */
public final class NodeWork {

  /** Tokens of this turn's prompt that the node has. */
  public long cachedTokens;

  /** Tokens of prompts that the node computes or is to compute. */
  public long promptTokens;

  /** The same, each times the tokens of its whole prompt: what attention has to do. */
  public double promptSquares;

  /** Prompts among them that are computed for another node. */
  public int handedOver;

  /** How long the node has been at the first of them. */
  public double headMillis;

  /** Answers past their first token. */
  public int decodes;

  /** Tokens of their prompts. */
  public long contextTokens;

  /** Tokens that they were expected to have in all. */
  public double expectedTokens;

  /** How long they have been going on, added up. */
  public double decodingMillis;

  /** Answers that will begin here: their prompts are computed here, or for this node elsewhere. */
  public int committed;

  /** Tokens of their prompts. */
  public long committedContext;

  /** Tokens that they are expected to have. */
  public double committedTokens;

  /**
   * Tokens of KV that came into its memory of late for answers that it gave; half a minute ago
   * counts a third. What it computed for others is theirs, and the first to go.
   */
  public double heldTokens;

  /** Nothing is under way. */
  public void clear() {
    cachedTokens = 0;
    promptTokens = 0;
    promptSquares = 0;
    handedOver = 0;
    headMillis = 0;
    decodes = 0;
    contextTokens = 0;
    expectedTokens = 0;
    decodingMillis = 0;
    committed = 0;
    committedContext = 0;
    committedTokens = 0;
    heldTokens = 0;
  }
}
