package io.turnpike.conversation;

import static io.turnpike.conversation.Known.count;
import static io.turnpike.conversation.Known.latest;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.turnpike.conversation.ConversationStore.Overview;
import io.turnpike.conversation.ConversationStore.Summary;
import io.turnpike.conversation.Conversations.Shared;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a person is told of the conversations, and of the store that all gateways share. */
class ConversationsControlTest {

  private static final Duration WAIT = Duration.ofMillis(20);
  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final PrefixChain TURN = Chains.of("a");

  private final SlowStore shared = new SlowStore();
  private final MemoryConversationStore local = memory();
  private final Conversations conversations = over(shared);
  private final Conversations alone = over(null);

  private static MemoryConversationStore memory() {
    return new MemoryConversationStore(100, Duration.ofHours(1), () -> 0);
  }

  private Conversations over(@Nullable ConversationStore store) {
    return new Conversations(store, local, WAIT, () -> Instant.EPOCH, event -> {});
  }

  private static void save(MemoryConversationStore store, String first, int turn) {
    PrefixChain chain = Chains.of(first);
    store.save(null, chain, Chains.placement("d1", turn, chain, turn));
  }

  /** Whether a turn waits for the shared store. */
  private boolean isWaitedFor() {
    EmbeddedChannel loop = new EmbeddedChannel();
    List<Recognition> got = new ArrayList<>();
    shared.hold = true;
    conversations.recognise(new Recognisable(null, TURN, 10), loop.eventLoop(), got::add);
    loop.runPendingTasks();
    shared.hold = false;
    return got.isEmpty();
  }

  @Test
  void conversations_areThoseOfAllGateways() {
    save(shared.memory, "of another gateway", 3);
    assertThat(count(conversations)).isEqualTo(1);
    assertThat(latest(conversations, 5)).extracting(Summary::turns).containsExactly(3);
  }

  @Test
  void conversations_areThoseKnownHere_whileTheSharedStoreIsDown() {
    save(local, "one", 1);
    save(local, "two", 2);
    shared.broken = true;
    assertThat(count(conversations)).isEqualTo(2);
    assertThat(latest(conversations, 1)).extracting(Summary::turns).containsExactly(2);
  }

  @Test
  void conversations_areThoseKnownHere_whenTheSharedStoreHangs() {
    save(local, "one", 1);
    shared.hold = true;
    StepVerifier.withVirtualTime(() -> conversations.overview(0).map(Overview::conversations))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(499))
        .thenAwait(Duration.ofMillis(1))
        .expectNext(1)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void conversations_ofAGatewayAlone_areItsOwn() {
    save(local, "one", 4);
    assertThat(latest(alone, 5)).extracting(Summary::turns).containsExactly(4);
    assertThat(alone.clear().block(BOUND)).isEqualTo(1);
    assertThat(count(alone)).isZero();
  }

  @Test
  void clear_fails_whenTheSharedStoreForgetsNothing() {
    shared.broken = true;
    StepVerifier.create(conversations.clear()).expectErrorMessage("gone").verify(BOUND);
  }

  @Test
  void sharedState_ofAGatewayAlone_isNone() {
    assertThat(alone.sharedState().block(BOUND)).isEqualTo(Shared.NONE);
    assertThat(Shared.values()).extracting(Shared::word).containsExactly("none", "up", "down");
  }

  @Test
  void sharedState_isTheTruthBeforeAnyTurn() {
    assertThat(conversations.sharedState().block(BOUND)).isEqualTo(Shared.UP);
    shared.broken = true;
    assertThat(conversations.sharedState().block(BOUND)).isEqualTo(Shared.DOWN);
    shared.broken = false;
    assertThat(conversations.sharedState().block(BOUND)).isEqualTo(Shared.UP);
  }

  @Test
  void sharedState_ofAStoreThatHangs_isDownAfterHalfASecond() {
    shared.hold = true;
    StepVerifier.withVirtualTime(conversations::sharedState)
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(499))
        .thenAwait(Duration.ofMillis(1))
        .expectNext(Shared.DOWN)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void sharedState_afterManyAnswersThatWereLate_isDown_andTurnsNoLongerWait() {
    for (int i = 1; i < SharedStoreState.TROUBLES_UNTIL_DOWN; i++) {
      assertThat(stateAfter(WAIT.plusMillis(1))).as("late %d", i).isEqualTo(Shared.UP);
    }
    assertThat(stateAfter(WAIT.plusMillis(1))).isEqualTo(Shared.DOWN);
    assertThat(isWaitedFor()).isFalse();
    assertThat(stateAfter(WAIT)).as("just in time").isEqualTo(Shared.UP);
    assertThat(isWaitedFor()).isTrue();
  }

  /** What is said when the store answers after this time. */
  private Shared stateAfter(Duration time) {
    shared.hold = true;
    shared.held.clear();
    List<Shared> said = new ArrayList<>();
    Supplier<Mono<Shared>> question = () -> conversations.sharedState().doOnNext(said::add);
    StepVerifier.withVirtualTime(question)
        .expectSubscription()
        .thenAwait(time)
        .then(() -> shared.held.forEach(Runnable::run))
        .expectNextCount(1)
        .expectComplete()
        .verify(BOUND);
    shared.hold = false;
    return said.getFirst();
  }

  @Test
  void sharedState_thatFailsOften_endsTheWaitOfTurns() {
    shared.broken = true;
    for (int i = 0; i < SharedStoreState.TROUBLES_UNTIL_DOWN; i++) {
      assertThat(conversations.sharedState().block(BOUND)).isEqualTo(Shared.DOWN);
    }
    shared.broken = false;
    assertThat(isWaitedFor()).isFalse();
    assertThat(conversations.sharedState().block(BOUND)).isEqualTo(Shared.UP);
    assertThat(isWaitedFor()).isTrue();
  }
}
