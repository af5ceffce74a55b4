package io.turnpike.conversation;

import static io.turnpike.conversation.ConversationEvents.Event.LOOKUP_ANSWERED;
import static io.turnpike.conversation.ConversationEvents.Event.LOOKUP_FAILED;
import static io.turnpike.conversation.ConversationEvents.Event.LOOKUP_LATE;
import static io.turnpike.conversation.ConversationEvents.Event.SAVED;
import static io.turnpike.conversation.ConversationEvents.Event.SAVE_FAILED;

import io.netty.util.concurrent.EventExecutor;
import io.turnpike.conversation.ConversationStore.Found;
import io.turnpike.conversation.ConversationStore.Overview;
import io.turnpike.conversation.Recognition.Source;
import io.turnpike.routing.TurnFacts.Holder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
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
   * @param executor the turn's own event loop: the wait is timed there, and the result is delivered
   *     there and nowhere else. A caller on that loop gets a result that is known at once before
   *     this returns
   * @param then takes the result, exactly once
   */
  public void recognise(Recognisable turn, EventExecutor executor, Consumer<Recognition> then) {
    new WaitingLookup(this, turn, executor, then).start();
  }

  /** Starts to recognise a turn for somebody who will not wait. */
  public Pending begin(Recognisable turn) {
    ConversationStore store = shared;
    if (store == null) {
      return new Pending(this, turn, null);
    }
    CompletionStage<Found> answer = ask(store, turn);
    answer.whenComplete(
        (found, error) -> {
          if (error == null) {
            answeredInTime();
          } else {
            failed(error);
          }
        });
    return new Pending(this, turn, answer.toCompletableFuture());
  }

  /** A recognition under way. */
  public static final class Pending {

    private final Conversations conversations;
    private final Recognisable turn;
    private final @Nullable CompletableFuture<Found> answer;

    private Pending(
        Conversations conversations, Recognisable turn, @Nullable CompletableFuture<Found> answer) {
      this.conversations = conversations;
      this.turn = turn;
      this.answer = answer;
    }

    /** What is known by now: the shared store's answer if it has come, else what is known here. */
    public Recognition now() {
      CompletableFuture<Found> asked = answer;
      if (asked != null && asked.state() == CompletableFuture.State.SUCCESS) {
        return Recognition.of(turn, asked.resultNow(), Source.REDIS, true);
      }
      return conversations.knownHere(turn, asked == null);
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
      Recognisable turn, Recognition recognition, Holder holder, long promptTokens) {
    Placement previous = recognition.previous();
    PrefixChain chain = turn.chain();
    Placement placement =
        new Placement(
            holder.node(),
            holder.epoch(),
            recognition.turn(),
            promptTokens,
            chain.end(),
            chain.wholeHash(),
            chain.promptBytes(),
            previous == null ? newConversation(turn) : previous.conversation(),
            clock.instant());
    local.save(turn.key(), chain, placement);
    if (shared != null) {
      saveShared(shared, turn, placement);
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

  /** Number of conversations that this process knows; asks nobody. */
  public int knownHere() {
    return local.conversations();
  }

  /**
   * Conversations of the shared store, which are looked for one by one; those known here while it
   * is down, or has so much in it that half a second is not enough.
   */
  public Mono<Overview> overview(int limit) {
    ConversationStore store = shared == null ? local : shared;
    return Mono.defer(() -> Mono.fromCompletionStage(store.overview(limit)))
        .timeout(CONTROL_WAIT)
        .onErrorResume(e -> Mono.fromCompletionStage(local.overview(limit)));
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

  /** Another gateway cleared the shared store: what is known here goes too. */
  public void forgetHere() {
    local.clear();
  }

  /** One key may name many conversations one after the other. */
  private static long newConversation(Recognisable turn) {
    long content = turn.chain().wholeHash();
    return turn.key() == null ? content : content ^ turn.key().lo();
  }

  private void saveShared(ConversationStore store, Recognisable turn, Placement placement) {
    store
        .save(turn.key(), turn.chain(), placement)
        .whenComplete((done, error) -> events.happened(error == null ? SAVED : SAVE_FAILED));
  }

  /** Asks the shared store; a store that throws counts as one that fails. */
  private static CompletionStage<Found> ask(ConversationStore store, Recognisable turn) {
    try {
      return store.lookup(turn.key(), turn.chain());
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /** Asks the shared store; null if there is none. */
  @Nullable CompletionStage<Found> ask(Recognisable turn) {
    return shared == null ? null : ask(shared, turn);
  }

  Recognition knownHere(Recognisable turn, boolean storeAnswered) {
    return Recognition.of(turn, local.find(turn.key(), turn.chain()), Source.LOCAL, storeAnswered);
  }

  long waitNanos() {
    return waitNanos;
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
