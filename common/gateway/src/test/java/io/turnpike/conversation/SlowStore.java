package io.turnpike.conversation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store whose answers come when the test says so. */
final class SlowStore implements ConversationStore {

  final MemoryConversationStore memory =
      new MemoryConversationStore(100, Duration.ofHours(1), () -> 0);
  final List<Runnable> held = new ArrayList<>();
  boolean hold;
  boolean broken;

  /** Throws as a store does that cannot even ask. */
  private <T extends @Nullable Object> CompletionStage<T> asked(Supplier<CompletionStage<T>> say) {
    if (broken) {
      throw new IllegalStateException("gone");
    }
    if (!hold) {
      return say.get();
    }
    CompletableFuture<T> later = new CompletableFuture<>();
    held.add(() -> later.complete(say.get().toCompletableFuture().join()));
    return later;
  }

  /** Fails as a store does whose question was not answered. */
  private <T extends @Nullable Object> CompletionStage<T> failing(
      Supplier<CompletionStage<T>> say) {
    return broken ? CompletableFuture.failedStage(new IllegalStateException("gone")) : asked(say);
  }

  @Override
  public CompletionStage<Found> lookup(@Nullable ConversationKey key, PrefixChain chain) {
    return asked(() -> memory.lookup(key, chain));
  }

  @Override
  public CompletionStage<@Nullable Void> save(
      @Nullable ConversationKey key, PrefixChain chain, Placement placement) {
    return broken
        ? CompletableFuture.failedStage(new IllegalStateException("gone"))
        : memory.save(key, chain, placement);
  }

  @Override
  public CompletionStage<Boolean> ping() {
    return asked(memory::ping);
  }

  @Override
  public CompletionStage<Overview> overview(int limit) {
    return failing(() -> memory.overview(limit));
  }

  @Override
  public CompletionStage<Integer> clear() {
    return failing(memory::clear);
  }
}
