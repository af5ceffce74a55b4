package io.turnpike.simulator.engine;

/**
 * Names the blocks that generated tokens complete, so that a later turn can find them. Asked once a
 * block, when its last token has been computed.
 */
@FunctionalInterface
public interface GeneratedBlocks {

  /** The answer for a block that no later prompt will match. */
  long UNFINDABLE = 0;

  /** Answers do not hit on the next turn: their text is split into other tokens then. */
  GeneratedBlocks NEVER_FOUND = block -> UNFINDABLE;

  /**
   * The chained hash of a block.
   *
   * @param block counted from the start of the prompt
   * @return {@link #UNFINDABLE} to leave it out
   */
  long hash(int block);
}
