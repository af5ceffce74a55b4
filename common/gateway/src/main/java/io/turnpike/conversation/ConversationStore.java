package io.turnpike.conversation;

import java.time.Instant;
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

  /** How many entries {@link #count} and {@link #list} look at. */
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
  record Summary(String key, int turns, Instant lastAccess) {}

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

  /** Number of conversations. */
  CompletionStage<Integer> count();

  /** Conversations, those used last first. */
  CompletionStage<List<Summary>> list(int limit);

  /** Forgets everything of ours; tells how many conversations that were. */
  CompletionStage<Integer> clear();
}
