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
    /** The explicit key is known, but this prompt does not contain what was remembered under it. */
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

  /**
   * Judges what a lookup found. An unknown explicit key is a new conversation, whatever it says.
   */
  static Recognition of(
      @Nullable ConversationKey key,
      PrefixChain chain,
      ConversationStore.Found found,
      Source source,
      boolean storeAnswered) {
    Placement previous = key == null ? found.byChain() : found.byKey();
    if (previous == null) {
      return new Recognition(null, 1, Match.NEW, Source.NONE, 0, storeAnswered);
    }
    int links = chain.linksUpTo(previous.end().hi(), previous.end().lo());
    if (links < 0) {
      return new Recognition(
          previous,
          previous.turn() + 1,
          Match.BRANCHED,
          source,
          commonTokens(previous, found.byChain()),
          storeAnswered);
    }
    boolean repeated = links == chain.size() && previous.wholeHash() == chain.wholeHash();
    return new Recognition(
        previous,
        repeated ? previous.turn() : previous.turn() + 1,
        repeated ? Match.REPEATED : Match.CONTINUED,
        source,
        previous.promptTokens(),
        storeAnswered);
  }

  private static long commonTokens(Placement previous, @Nullable Placement byChain) {
    if (byChain == null
        || !byChain.decode().equals(previous.decode())
        || !byChain.epoch().equals(previous.epoch())) {
      return 0;
    }
    return byChain.promptTokens();
  }
}
