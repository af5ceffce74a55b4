package io.turnpike.conversation;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the conversation a turn belongs to.
 *
 * @param previous where its last known turn was answered; null for {@link Match#NEW}
 * @param turn number of this turn, from 1
 * @param match how this turn relates to the previous one
 * @param source who knew it
 * @param expectedCachedTokens prompt tokens that {@code previous.decode()} should still hold, as
 *     far as content tells; 0 when nothing is known
 * @param storeAnswered whether the shared store answered in time
 */
public record Recognition(
    @Nullable Placement previous,
    int turn,
    Match match,
    Source source,
    long expectedCachedTokens,
    boolean storeAnswered) {

  /** How a turn relates to what was remembered. */
  public enum Match {
    /** Nothing known. */
    NEW,
    /** The remembered prompt is a true prefix of this one. */
    CONTINUED,
    /** The very same request again; it keeps its turn number. */
    REPEATED,
    /**
     * The explicit key is known; this prompt does not contain what was remembered under it, but
     * enough of it to be worth the same node.
     */
    BRANCHED
  }

  /** Who knew. */
  public enum Source {
    /** The store that all gateways share. */
    REDIS,
    /** This process. */
    LOCAL,
    /** Nobody. */
    NONE
  }

  /** So many tokens in common are worth a node, however long the prompt is. */
  private static final long WORTH_TOKENS = 1_024;

  /**
   * Judges what a lookup found. An unknown explicit key is a new conversation, whatever its content
   * says, and so is other content under a known one: many clients send one key with everything.
   */
  static Recognition of(
      Recognisable turn, ConversationStore.Found found, Source source, boolean storeAnswered) {
    Placement previous = turn.key() == null ? found.byChain() : found.byKey();
    if (previous == null) {
      return unknown(storeAnswered);
    }
    if (turn.chain().contains(previous)) {
      boolean repeated = turn.chain().isWhole(previous);
      return new Recognition(
          previous,
          repeated ? previous.turn() : previous.turn() + 1,
          repeated ? Match.REPEATED : Match.CONTINUED,
          source,
          previous.promptTokens(),
          storeAnswered);
    }
    if (turn.key() == null) {
      return unknown(storeAnswered);
    }
    long common = commonTokens(turn.chain(), previous, found.byChain());
    return isWorth(common, turn.promptTokens())
        ? new Recognition(
            previous, previous.turn() + 1, Match.BRANCHED, source, common, storeAnswered)
        : unknown(storeAnswered);
  }

  private static Recognition unknown(boolean storeAnswered) {
    return new Recognition(null, 1, Match.NEW, Source.NONE, 0, storeAnswered);
  }

  private static boolean isWorth(long commonTokens, long promptTokens) {
    return commonTokens >= WORTH_TOKENS
        || (commonTokens > 0 && commonTokens >= promptTokens - commonTokens);
  }

  /** What the node of the placement before holds of this prompt, by that or by an older turn. */
  private static long commonTokens(
      PrefixChain chain, Placement previous, @Nullable Placement byChain) {
    long common = chain.commonTokens(previous);
    if (byChain == null
        || !byChain.decode().equals(previous.decode())
        || !byChain.epoch().equals(previous.epoch())) {
      return common;
    }
    return Math.max(common, chain.commonTokens(byChain));
  }
}
