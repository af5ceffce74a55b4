package io.turnpike.conversation;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where placements are kept. Lookups and saves are one round trip each and never block; a store
 * that cannot answer fails the stage, at once if it knows. Thread-safe.
 *
 * <p>What every implementation must do is in {@code ConversationStoreContract} of the tests.
 */
public interface ConversationStore {

  /** How many links of a chain are looked up, from its end. */
  int MAX_LOOKUP_LINKS = 128;

  /** How many entries {@link #overview} looks at. */
  int MAX_SCANNED_ENTRIES = 100_000;

  /**
   * What a lookup found.
   *
   * @param byKey the placement under the explicit key
   * @param byChain the placement under the longest known part of the chain
   * @param links how many links that part has; 0 without one
   */
  record Found(@Nullable Placement byKey, @Nullable Placement byChain, int links) {
    /** Nothing known. */
    public static final Found NOTHING = new Found(null, null, 0);
  }

  /**
   * A conversation for a person's eyes.
   *
   * @param key 16 hex digits
   * @param turns number of its last known turn
   */
  record Summary(String key, int turns, Instant lastAccess) {
    static Summary of(Placement last) {
      return new Summary(HexFormat.of().toHexDigits(last.conversation()), last.turn(), last.at());
    }
  }

  /**
   * Conversations for a person's eyes.
   *
   * @param conversations how many there are
   * @param latest those used last, the very last first
   */
  record Overview(int conversations, List<Summary> latest) {}

  /** Looks a turn up, by its explicit key if it has one, and by its chain. */
  CompletionStage<Found> lookup(@Nullable ConversationKey key, PrefixChain chain);

  /**
   * Keeps a placement under the chain's end (unless the chain has no link) and, if given, under the
   * explicit key.
   */
  CompletionStage<@Nullable Void> save(
      @Nullable ConversationKey key, PrefixChain chain, Placement placement);

  /** Answers as soon as the store does. */
  CompletionStage<Boolean> ping();

  /**
   * Looks through what is stored, which may take a while; who waits no longer cancels it.
   *
   * @param limit how many conversations are named
   */
  CompletionStage<Overview> overview(int limit);

  /** Forgets everything of ours; tells how many conversations that were. */
  CompletionStage<Integer> clear();
}
