package io.turnpike.conversation;

import static io.turnpike.conversation.ConversationEvents.Event.LOOKUP_ANSWERED;
import static io.turnpike.conversation.ConversationEvents.Event.LOOKUP_FAILED;
import static io.turnpike.conversation.ConversationEvents.Event.LOOKUP_LATE;
import static io.turnpike.conversation.ConversationEvents.Event.SAVED;
import static io.turnpike.conversation.ConversationEvents.Event.SAVE_FAILED;

import io.netty.util.concurrent.EventExecutor;
import io.turnpike.conversation.ConversationStore.Found;
import io.turnpike.conversation.Recognition.Source;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Recognises turns and remembers where they were answered. The shared store is the truth for all
 * gateways; when it fails or is late, a turn goes on with what this process knows. Nothing here
 * ever fails a turn. Thread-safe.
 *
 * <p>A store that answered late {@link SharedStoreState#TROUBLES_UNTIL_DOWN} times in a row is no
 * longer waited for; it is still asked, and the first answer in time brings it back.
 */
public final class Conversations {

  /** How long a turn waits for the shared store unless it is configured otherwise. */
  public static final Duration DEFAULT_WAIT = Duration.ofMillis(20);

  /** How long a person's question about the store may take before the local answer serves. */
  private static final Duration CONTROL_WAIT = Duration.ofMillis(500);

  private final @Nullable ConversationStore shared;
  private final MemoryConversationStore local;
  private final long waitNanos;
  private final InstantSource clock;
  private final ConversationEvents events;
  private final SharedStoreState state;

  /**
   * @param shared the store of all gateways; null when this one stands alone
   * @param local what this process knows
   * @param wait the longest a turn waits for the shared store
   */
  public Conversations(
      @Nullable ConversationStore shared,
      MemoryConversationStore local,
      Duration wait,
      InstantSource clock,
      ConversationEvents events) {
    this.shared = shared;
    this.local = local;
    this.waitNanos = wait.toNanos();
    this.clock = clock;
    this.events = events;
    this.state = new SharedStoreState();
  }

  /**
   * Recognises a turn: one round trip to the shared store, and at most the configured wait.
   *
   * @param executor where the result is delivered and the wait is timed; best the event loop that
   *     subscribes, because then nothing changes threads but the store's answer
   */
  public Mono<Recognition> recognise(
      @Nullable ConversationKey key, PrefixChain chain, EventExecutor executor) {
    ConversationStore store = shared;
    if (store == null) {
      return Mono.fromSupplier(() -> knownHere(key, chain, true));
    }
    return Mono.create(
        sink -> new WaitingLookup(this, store, key, chain, executor, waitNanos, sink).start());
  }

  /** Starts to recognise a turn for somebody who will not wait. */
  public Pending begin(@Nullable ConversationKey key, PrefixChain chain) {
    ConversationStore store = shared;
    if (store == null) {
      return new Pending(this, key, chain, null);
    }
    CompletionStage<Found> answer = ask(store, key, chain);
    answer.whenComplete(
        (found, error) -> {
          if (error == null) {
            answeredInTime();
          } else {
            failed(error);
          }
        });
    return new Pending(this, key, chain, answer.toCompletableFuture());
  }

  /** A recognition under way. */
  public static final class Pending {

    private final Conversations conversations;
    private final @Nullable ConversationKey key;
    private final PrefixChain chain;
    private final @Nullable CompletableFuture<Found> answer;

    private Pending(
        Conversations conversations,
        @Nullable ConversationKey key,
        PrefixChain chain,
        @Nullable CompletableFuture<Found> answer) {
      this.conversations = conversations;
      this.key = key;
      this.chain = chain;
      this.answer = answer;
    }

    /** What is known by now: the shared store's answer if it has come, else what is known here. */
    public Recognition now() {
      CompletableFuture<Found> asked = answer;
      if (asked != null && asked.state() == CompletableFuture.State.SUCCESS) {
        return Recognition.of(key, chain, asked.resultNow(), Source.REDIS, true);
      }
      return conversations.knownHere(key, chain, conversations.shared == null);
    }
  }

  /**
   * Remembers that a node answered this turn, in both stores, without waiting for either. To be
   * called once the turn has content, never for a failed one.
   *
   * @param promptTokens tokens of the prompt, or an estimate
   * @return a hash that all turns of the conversation share
   */
  public long remember(
      @Nullable ConversationKey key,
      PrefixChain chain,
      Recognition recognition,
      NodeId decode,
      Epoch epoch,
      long promptTokens) {
    Placement previous = recognition.previous();
    Placement placement =
        new Placement(
            decode,
            epoch,
            recognition.turn(),
            promptTokens,
            chain.end(),
            chain.wholeHash(),
            previous == null ? newConversation(key, chain) : previous.conversation(),
            clock.instant());
    local.save(key, chain, placement);
    if (shared != null) {
      saveShared(shared, key, chain, placement);
    }
    return placement.conversation();
  }

  /** How the shared store is. */
  public enum Shared {
    /** There is none. */
    NONE,
    /** Turns are recognised by it. */
    UP,
    /** It does not answer, or so late that turns go on without it. */
    DOWN;

    /** As it is shown. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How the shared store is at this moment: it is asked. Takes half a second at most and never
   * fails; the answer counts for turns as one of theirs would.
   */
  public Mono<Shared> sharedState() {
    ConversationStore store = shared;
    if (store == null) {
      return Mono.just(Shared.NONE);
    }
    return Mono.defer(() -> Mono.fromCompletionStage(store.ping()))
        .elapsed()
        .timeout(CONTROL_WAIT)
        .map(answer -> answered(Duration.ofMillis(answer.getT1())))
        .onErrorResume(
            error -> {
              state.trouble(error.getClass().getSimpleName());
              return Mono.just(Shared.DOWN);
            });
  }

  private Shared answered(Duration after) {
    if (after.toNanos() <= waitNanos) {
      state.answered();
    } else {
      state.trouble("late");
    }
    return state.isUp() ? Shared.UP : Shared.DOWN;
  }

  /** Number of conversations the shared store knows; of those known here while it is down. */
  public Mono<Integer> count() {
    return fromShared(ConversationStore::count)
        .onErrorResume(e -> Mono.fromCompletionStage(local.count()));
  }

  /** Conversations, those used last first; those known here while the shared store is down. */
  public Mono<List<ConversationStore.Summary>> list(int limit) {
    return fromShared(store -> store.list(limit))
        .onErrorResume(e -> Mono.fromCompletionStage(local.list(limit)));
  }

  /**
   * Forgets every conversation, here and in the shared store; tells how many there were. Fails when
   * the shared store cannot be cleared, because then they are not forgotten.
   */
  public Mono<Integer> clear() {
    return Mono.defer(
        () -> {
          CompletionStage<Integer> here = local.clear();
          return Mono.fromCompletionStage(shared == null ? here : shared.clear());
        });
  }

  private <T> Mono<T> fromShared(Function<ConversationStore, CompletionStage<T>> question) {
    ConversationStore store = shared == null ? local : shared;
    return Mono.defer(() -> Mono.fromCompletionStage(question.apply(store))).timeout(CONTROL_WAIT);
  }

  private static long newConversation(@Nullable ConversationKey key, PrefixChain chain) {
    if (key != null) {
      return key.lo();
    }
    return chain.size() == 0 ? chain.wholeHash() : chain.end().lo();
  }

  private void saveShared(
      ConversationStore store,
      @Nullable ConversationKey key,
      PrefixChain chain,
      Placement placement) {
    store
        .save(key, chain, placement)
        .whenComplete((done, error) -> events.happened(error == null ? SAVED : SAVE_FAILED));
  }

  /** Asks the shared store; a store that throws counts as one that fails. */
  CompletionStage<Found> ask(
      ConversationStore store, @Nullable ConversationKey key, PrefixChain chain) {
    try {
      return store.lookup(key, chain);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  Recognition knownHere(@Nullable ConversationKey key, PrefixChain chain, boolean storeAnswered) {
    return Recognition.of(key, chain, local.find(key, chain), Source.LOCAL, storeAnswered);
  }

  boolean isWorthWaiting() {
    return state.isUp();
  }

  void answeredInTime() {
    events.happened(LOOKUP_ANSWERED);
    state.answered();
  }

  void late() {
    events.happened(LOOKUP_LATE);
    state.trouble("late");
  }

  void failed(Throwable error) {
    events.happened(LOOKUP_FAILED);
    state.trouble(error.getClass().getSimpleName());
  }
}
