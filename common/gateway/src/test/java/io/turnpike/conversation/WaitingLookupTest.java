package io.turnpike.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.turnpike.conversation.Recognition.Match;
import io.turnpike.conversation.Recognition.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Results come on the turn's own thread, and once, whatever the store does and wherever. */
class WaitingLookupTest {

  private static final long BOUND_SECONDS = 10;
  private static final Recognisable TURN = new Recognisable(null, Chains.of("a"), 10);

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final DefaultEventLoop other = new DefaultEventLoop();
  private final Queue<Boolean> onLoop = new ConcurrentLinkedQueue<>();
  private final Queue<Recognition> got = new ConcurrentLinkedQueue<>();
  private final MemoryConversationStore local =
      new MemoryConversationStore(10, Duration.ofHours(1), () -> 0);

  /** A store whose lookups the test answers. */
  private final class Held implements ConversationStore {
    final CompletableFuture<Found> answer = new CompletableFuture<>();

    @Override
    public CompletionStage<Found> lookup(@Nullable ConversationKey key, PrefixChain chain) {
      return answer;
    }

    @Override
    public CompletionStage<@Nullable Void> save(
        @Nullable ConversationKey key, PrefixChain chain, Placement placement) {
      return local.save(key, chain, placement);
    }

    @Override
    public CompletionStage<Boolean> ping() {
      return local.ping();
    }

    @Override
    public CompletionStage<Overview> overview(int limit) {
      return local.overview(limit);
    }

    @Override
    public CompletionStage<Integer> clear() {
      return local.clear();
    }
  }

  private final Held held = new Held();

  @AfterEach
  void endLoops() {
    var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    var _ = other.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private Conversations waiting(Duration wait) {
    return new Conversations(held, local, wait, () -> Instant.EPOCH, event -> {});
  }

  private void take(Recognition recognition) {
    onLoop.add(loop.inEventLoop());
    got.add(recognition);
  }

  /** Runs what a loop has been given until now. */
  private static void drain(DefaultEventLoop loop) throws Exception {
    loop.submit(() -> {}).get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  private void assertTakenOnce(Source source) throws Exception {
    drain(other);
    drain(loop);
    drain(loop);
    assertThat(got).extracting(Recognition::source).containsExactly(source);
    assertThat(onLoop).containsExactly(true);
  }

  @Test
  void answerOnAnotherThread_isDeliveredOnTheTurns() throws Exception {
    Placement known = Chains.placement("d", 1, TURN.chain(), 0);
    waiting(Duration.ofMinutes(1)).recognise(TURN, loop, this::take);
    drain(loop);
    assertThat(got).isEmpty();
    other.execute(() -> held.answer.complete(new ConversationStore.Found(null, known, 1)));
    assertTakenOnce(Source.REDIS);
    assertThat(got.element().match()).isEqualTo(Match.REPEATED);
  }

  @Test
  void failureOnAnotherThread_isDeliveredOnTheTurns() throws Exception {
    waiting(Duration.ofMinutes(1)).recognise(TURN, loop, this::take);
    drain(loop);
    other.execute(() -> held.answer.completeExceptionally(new IllegalStateException("gone")));
    assertTakenOnce(Source.NONE);
    assertThat(got.element().storeAnswered()).isFalse();
  }

  @Test
  void cancelledQuestion_isDelivered() throws Exception {
    waiting(Duration.ofMinutes(1)).recognise(TURN, loop, this::take);
    drain(loop);
    held.answer.cancel(false);
    assertTakenOnce(Source.NONE);
  }

  @Test
  void hangingStore_isGivenUpOnTheTurnsThread_andItsLateAnswerIsNotDelivered() throws Exception {
    CompletableFuture<Void> first = new CompletableFuture<>();
    waiting(Duration.ofMillis(1))
        .recognise(
            TURN,
            loop,
            recognition -> {
              take(recognition);
              first.complete(null);
            });
    first.get(BOUND_SECONDS, TimeUnit.SECONDS);
    other.execute(() -> held.answer.complete(ConversationStore.Found.NOTHING));
    assertTakenOnce(Source.NONE);
    assertThat(got.element().storeAnswered()).isFalse();
  }

  @Test
  void hangingStore_whoseQuestionFailsLater_deliversOnce() throws Exception {
    CompletableFuture<Void> first = new CompletableFuture<>();
    waiting(Duration.ofMillis(1))
        .recognise(
            TURN,
            loop,
            recognition -> {
              take(recognition);
              first.complete(null);
            });
    first.get(BOUND_SECONDS, TimeUnit.SECONDS);
    held.answer.completeExceptionally(new IllegalStateException("gone"));
    assertTakenOnce(Source.NONE);
  }

  @Test
  void answerThatIsThere_isDeliveredBeforeTheCallReturns() throws Exception {
    held.answer.complete(ConversationStore.Found.NOTHING);
    AtomicReference<Integer> atReturn = new AtomicReference<>();
    loop.submit(
            () -> {
              waiting(Duration.ofMinutes(1)).recognise(TURN, loop, this::take);
              atReturn.set(got.size());
            })
        .get(BOUND_SECONDS, TimeUnit.SECONDS);
    assertThat(atReturn).hasValue(1);
    assertTakenOnce(Source.NONE);
  }

  @Test
  void withoutASharedStore_theResultIsDeliveredBeforeTheCallReturns() throws Exception {
    Conversations alone =
        new Conversations(null, local, Duration.ofMinutes(1), () -> Instant.EPOCH, event -> {});
    AtomicReference<Integer> atReturn = new AtomicReference<>();
    loop.submit(
            () -> {
              alone.recognise(TURN, loop, this::take);
              atReturn.set(got.size());
            })
        .get(BOUND_SECONDS, TimeUnit.SECONDS);
    assertThat(atReturn).hasValue(1);
    assertThat(got.element().storeAnswered()).isTrue();
    alone.recognise(TURN, loop, this::take);
    drain(loop);
    assertThat(onLoop).containsExactly(true, true);
  }

  @Test
  void takerThatThrows_isNotAskedAgain() throws Exception {
    waiting(Duration.ofMinutes(1))
        .recognise(
            TURN,
            loop,
            recognition -> {
              take(recognition);
              throw new IllegalStateException("broken");
            });
    drain(loop);
    held.answer.complete(ConversationStore.Found.NOTHING);
    assertTakenOnce(Source.NONE);
  }
}
