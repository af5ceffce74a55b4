package io.turnpike.conversation;

import static io.turnpike.conversation.Known.count;
import static io.turnpike.conversation.Known.latest;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.turnpike.conversation.ConversationEvents.Event;
import io.turnpike.conversation.Recognition.Match;
import io.turnpike.conversation.Recognition.Source;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import io.turnpike.routing.TurnFacts.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConversationsTest {

  private static final PrefixChain TURN_1 = Chains.of("a");
  private static final PrefixChain TURN_2 = Chains.of("a", "b", "c");
  private static final PrefixChain OTHER = Chains.of("a", "x");
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);

  private final SlowStore shared = new SlowStore();
  private final List<Event> events = new ArrayList<>();
  private final EmbeddedChannel loop = new EmbeddedChannel();
  private final Conversations conversations = withLocalMemory();

  private Conversations withLocalMemory() {
    return new Conversations(
        shared,
        new MemoryConversationStore(100, Duration.ofHours(1), () -> 0),
        Duration.ofMillis(20),
        () -> NOW,
        events::add);
  }

  private static Recognisable asked(@Nullable ConversationKey key, PrefixChain chain) {
    return new Recognisable(key, chain, 600);
  }

  private List<Recognition> recognising(@Nullable ConversationKey key, PrefixChain chain) {
    List<Recognition> got = new ArrayList<>();
    conversations.recognise(asked(key, chain), loop.eventLoop(), got::add);
    loop.runPendingTasks();
    return got;
  }

  private Recognition recognise(@Nullable ConversationKey key, PrefixChain chain) {
    return recognising(key, chain).getFirst();
  }

  private void remember(
      @Nullable ConversationKey key, PrefixChain chain, String node, long tokens) {
    conversations.remember(
        asked(key, chain),
        recognise(key, chain),
        new Holder(new NodeId(node), new Epoch("e")),
        tokens);
  }

  private void pass(Duration time) {
    loop.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    loop.runScheduledPendingTasks();
  }

  @Test
  void recognise_ofAFirstTurn_knowsNothing() {
    assertThat(recognise(null, TURN_1))
        .isEqualTo(new Recognition(null, 1, Match.NEW, Source.NONE, 0, true));
  }

  @Test
  void recognise_ofALaterTurn_continues() {
    remember(null, TURN_1, "d1", 330);
    Recognition second = recognise(null, TURN_2);
    assertThat(second.match()).isEqualTo(Match.CONTINUED);
    assertThat(second.turn()).isEqualTo(2);
    assertThat(second.source()).isEqualTo(Source.REDIS);
    assertThat(second.expectedCachedTokens()).isEqualTo(330);
    assertThat(second.previous()).extracting(Placement::decode).isEqualTo(new NodeId("d1"));
  }

  @Test
  void recognise_ofTheSameRequest_repeats() {
    remember(null, TURN_1, "d1", 330);
    remember(null, TURN_2, "d1", 500);
    Recognition again = recognise(null, TURN_2);
    assertThat(again.match()).isEqualTo(Match.REPEATED);
    assertThat(again.turn()).isEqualTo(2);
  }

  @Test
  void recognise_byKey_ofOtherContent_branches() {
    ConversationKey key = Chains.key("s");
    remember(key, TURN_1, "d1", 330);
    remember(key, TURN_2, "d1", 500);
    Recognition branch = recognise(key, OTHER);
    assertThat(branch.match()).isEqualTo(Match.BRANCHED);
    assertThat(branch.turn()).isEqualTo(3);
    assertThat(branch.expectedCachedTokens()).isEqualTo(330);
    assertThat(recognise(key, Chains.of("z")))
        .isEqualTo(new Recognition(null, 1, Match.NEW, Source.NONE, 0, true));
  }

  @Test
  void recognise_byAnUnknownKey_isNew_evenIfTheContentIsKnown() {
    remember(null, TURN_1, "d1", 330);
    assertThat(recognise(Chains.key("s"), TURN_2).match()).isEqualTo(Match.NEW);
  }

  @Test
  void recognise_byKey_withoutLinks_continues() {
    ConversationKey key = Chains.key("s");
    remember(key, Chains.text("short"), "d1", 12);
    assertThat(recognise(key, Chains.text("short, and more")).match()).isEqualTo(Match.CONTINUED);
    assertThat(recognise(key, Chains.text("short")).match()).isEqualTo(Match.REPEATED);
    assertThat(recognise(key, Chains.text("other")).match()).isEqualTo(Match.NEW);
  }

  @Test
  void recognise_waitsAsLongAsItMay_thenTakesWhatIsKnownHere() {
    remember(null, TURN_1, "d1", 330);
    shared.hold = true;
    List<Recognition> got = recognising(null, TURN_2);
    pass(Duration.ofMillis(19));
    assertThat(got).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(got).hasSize(1);
    assertThat(got.getFirst().source()).isEqualTo(Source.LOCAL);
    assertThat(got.getFirst().storeAnswered()).isFalse();
    assertThat(events).endsWith(Event.LOOKUP_LATE);
    shared.held.forEach(Runnable::run);
    loop.runPendingTasks();
    assertThat(got).hasSize(1);
  }

  @Test
  void recognise_takesAnAnswerWithinTheWait() {
    remember(null, TURN_1, "d1", 330);
    shared.hold = true;
    List<Recognition> got = recognising(null, TURN_2);
    pass(Duration.ofMillis(10));
    shared.held.forEach(Runnable::run);
    loop.runPendingTasks();
    pass(Duration.ofMillis(50));
    assertThat(got).extracting(Recognition::source).containsExactly(Source.REDIS);
    assertThat(events).doesNotContain(Event.LOOKUP_LATE);
  }

  @Test
  void recognise_stopsWaitingForAStoreThatHangs_untilItAnswersInTime() {
    shared.hold = true;
    for (int i = 0; i < SharedStoreState.TROUBLES_UNTIL_DOWN; i++) {
      List<Recognition> waiting = recognising(null, TURN_1);
      assertThat(waiting).isEmpty();
      pass(Duration.ofMillis(20));
    }
    assertThat(recognising(null, TURN_1)).hasSize(1);
    shared.held.getLast().run();
    loop.runPendingTasks();
    assertThat(recognising(null, TURN_1)).isEmpty();
  }

  @Test
  void recognise_withABrokenStore_goesOnWithWhatIsKnownHere() {
    remember(null, TURN_1, "d1", 330);
    shared.broken = true;
    Recognition second = recognise(null, TURN_2);
    assertThat(second.source()).isEqualTo(Source.LOCAL);
    assertThat(second.turn()).isEqualTo(2);
    remember(null, TURN_2, "d1", 500);
    assertThat(events).contains(Event.LOOKUP_FAILED, Event.SAVE_FAILED);
    assertThat(recognise(null, TURN_2).match()).isEqualTo(Match.REPEATED);
    assertThat(count(conversations)).isEqualTo(1);
  }

  @Test
  void recognise_believesTheSharedStoreWhenItHasForgotten() {
    remember(null, TURN_1, "d1", 330);
    shared.memory.clear();
    assertThat(recognise(null, TURN_2).match()).isEqualTo(Match.NEW);
  }

  @Test
  void recognise_withoutASharedStore_usesThisProcess() {
    Conversations alone =
        new Conversations(
            null,
            new MemoryConversationStore(10, Duration.ofHours(1), () -> 0),
            Duration.ofMillis(20),
            () -> NOW,
            events::add);
    Recognition first = alone.begin(asked(null, TURN_1)).now();
    assertThat(first.match()).isEqualTo(Match.NEW);
    alone.remember(asked(null, TURN_1), first, new Holder(new NodeId("d1"), new Epoch("e")), 9);
    List<Recognition> got = new ArrayList<>();
    alone.recognise(asked(null, TURN_2), loop.eventLoop(), got::add);
    loop.runPendingTasks();
    assertThat(got).extracting(Recognition::source).containsExactly(Source.LOCAL);
    assertThat(count(alone)).isEqualTo(1);
  }

  @Test
  void begin_usesTheAnswerOnlyIfItIsThere() {
    remember(null, TURN_1, "d1", 330);
    conversations.clear().block();
    remember(null, TURN_1, "d2", 330);
    shared.hold = true;
    Conversations.Pending pending = conversations.begin(asked(null, TURN_2));
    assertThat(pending.now().storeAnswered()).isFalse();
    shared.held.forEach(Runnable::run);
    assertThat(pending.now().storeAnswered()).isTrue();
    assertThat(pending.now().source()).isEqualTo(Source.REDIS);
  }

  @Test
  void lookupsAndSaves_areCountedByHowTheyWent() {
    remember(null, TURN_1, "d1", 330);
    assertThat(events).containsExactly(Event.LOOKUP_ANSWERED, Event.SAVED);
    events.clear();
    shared.broken = true;
    remember(null, TURN_1, "d1", 330);
    assertThat(events).containsExactly(Event.LOOKUP_FAILED, Event.SAVE_FAILED);
  }

  @Test
  void begin_isCountedWhenItsAnswerComes() {
    shared.hold = true;
    conversations.begin(asked(null, TURN_1));
    assertThat(events).isEmpty();
    shared.held.forEach(Runnable::run);
    assertThat(events).containsExactly(Event.LOOKUP_ANSWERED);
    shared.broken = true;
    assertThat(conversations.begin(asked(null, TURN_1)).now().storeAnswered()).isFalse();
    assertThat(events).containsExactly(Event.LOOKUP_ANSWERED, Event.LOOKUP_FAILED);
  }

  @Test
  void begin_thatFailsOften_endsTheWaitForTheStore() {
    shared.broken = true;
    for (int i = 0; i < SharedStoreState.TROUBLES_UNTIL_DOWN; i++) {
      conversations.begin(asked(null, TURN_1));
    }
    shared.broken = false;
    shared.hold = true;
    assertThat(recognising(null, TURN_1)).as("not waited for").hasSize(1);
  }

  @Test
  void branch_doesNotCountWhatAnotherNodeHolds() {
    ConversationKey key = Chains.key("s");
    String common = Chains.letters(2_048, 1);
    remember(key, Chains.text(common + "one"), "d1", 515);
    remember(null, Chains.text(common + Chains.letters(2_048, 2)), "d2", 1_024);
    Recognition branch = recognise(key, Chains.text(common + Chains.letters(2_048, 2) + "two"));
    assertThat(branch.match()).isEqualTo(Match.BRANCHED);
    assertThat(branch.previous()).extracting(Placement::decode).isEqualTo(new NodeId("d1"));
    assertThat(branch.expectedCachedTokens()).isEqualTo(515 * 2_048L / 2_051);
  }

  @Test
  void remember_tellsTheNameOfTheConversation_theSameForAllItsTurns() {
    Recognition first = recognise(null, TURN_1);
    Holder holder = new Holder(new NodeId("d1"), new Epoch("e"));
    long name = conversations.remember(asked(null, TURN_1), first, holder, 9);
    assertThat(name).isEqualTo(TURN_1.wholeHash());
    Recognition second = recognise(null, TURN_2);
    assertThat(conversations.remember(asked(null, TURN_2), second, holder, 9)).isEqualTo(name);
    ConversationKey key = Chains.key("s");
    assertThat(conversations.remember(asked(key, TURN_1), recognise(key, TURN_1), holder, 9))
        .as("the same words under a key are another conversation")
        .isNotEqualTo(name)
        .isEqualTo(name ^ key.lo());
  }

  @Test
  void remember_keepsTheConversationTogether() {
    remember(null, TURN_1, "d1", 330);
    remember(null, TURN_2, "d1", 500);
    remember(null, OTHER, "d2", 400);
    assertThat(count(conversations)).isEqualTo(1);
    assertThat(latest(conversations, 5))
        .singleElement()
        .extracting(ConversationStore.Summary::turns)
        .isEqualTo(2);
    assertThat(conversations.clear().block()).isEqualTo(1);
    assertThat(count(conversations)).isZero();
  }
}
