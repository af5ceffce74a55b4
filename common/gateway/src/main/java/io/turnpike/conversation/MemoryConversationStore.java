package io.turnpike.conversation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Placements in this process: bounded, forgotten after a time, and gone with the process. */
public final class MemoryConversationStore implements ConversationStore {

  private record Entry(boolean explicit, long hi, long lo) {}

  private final Cache<Entry, Placement> placements;
  private final Cache<Long, Summary> conversations;

  /**
   * @param maxEntries a conversation takes one entry a turn, and one more with an explicit key
   * @param timeToLive how long a placement is kept after it was saved
   */
  public MemoryConversationStore(int maxEntries, Duration timeToLive, Ticker ticker) {
    Caffeine<Object, Object> bounded =
        Caffeine.newBuilder()
            .maximumSize(maxEntries)
            .expireAfterWrite(timeToLive)
            .ticker(ticker)
            .executor(Runnable::run);
    placements = bounded.build();
    conversations = bounded.build();
  }

  /** {@link #lookup} without the stage. */
  Found find(@Nullable ConversationKey key, PrefixChain chain) {
    Placement byKey =
        key == null ? null : placements.getIfPresent(new Entry(true, key.hi(), key.lo()));
    int oldest = Math.max(0, chain.size() - MAX_LOOKUP_LINKS);
    for (int i = chain.size() - 1; i >= oldest; i--) {
      Placement byChain = placements.getIfPresent(new Entry(false, chain.hi(i), chain.lo(i)));
      if (byChain != null) {
        return new Found(byKey, byChain, i + 1);
      }
    }
    return byKey == null ? Found.NOTHING : new Found(byKey, null, 0);
  }

  @Override
  public CompletionStage<Found> lookup(@Nullable ConversationKey key, PrefixChain chain) {
    return CompletableFuture.completedStage(find(key, chain));
  }

  @Override
  public CompletionStage<@Nullable Void> save(
      @Nullable ConversationKey key, PrefixChain chain, Placement placement) {
    if (chain.size() > 0) {
      ChainLink end = chain.end();
      placements.put(new Entry(false, end.hi(), end.lo()), placement);
    }
    if (key != null) {
      placements.put(new Entry(true, key.hi(), key.lo()), placement);
    }
    if (key != null || chain.size() > 0) {
      conversations.put(placement.conversation(), Summary.of(placement));
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<Boolean> ping() {
    return CompletableFuture.completedStage(true);
  }

  /** Number of conversations, about; takes no time. */
  int conversations() {
    conversations.cleanUp();
    return Math.toIntExact(conversations.estimatedSize());
  }

  @Override
  public CompletionStage<Overview> overview(int limit) {
    List<Summary> latest = Summaries.latest(conversations.asMap().values(), limit);
    return CompletableFuture.completedStage(new Overview(conversations(), latest));
  }

  @Override
  public CompletionStage<Integer> clear() {
    int forgotten = conversations();
    placements.invalidateAll();
    conversations.invalidateAll();
    return CompletableFuture.completedStage(forgotten);
  }
}
