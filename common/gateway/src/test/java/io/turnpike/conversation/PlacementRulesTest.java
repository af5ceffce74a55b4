package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.chat;
import static io.turnpike.conversation.Chains.key;
import static io.turnpike.conversation.Chains.letters;
import static io.turnpike.conversation.Chains.text;
import static io.turnpike.conversation.Known.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.turnpike.conversation.Recognition.Match;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import io.turnpike.routing.TurnFacts.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which requests are turns of one conversation, in the shapes that clients send them. */
class PlacementRulesTest {

  private static final Holder D1 = new Holder(new NodeId("d1"), new Epoch("e"));

  private final EmbeddedChannel loop = new EmbeddedChannel();
  private final MemoryConversationStore store = memory();
  private final Conversations conversations =
      new Conversations(
          store, memory(), Duration.ofMillis(20), () -> Instant.ofEpochMilli(0), event -> {});

  private static MemoryConversationStore memory() {
    return new MemoryConversationStore(10_000, Duration.ofHours(1), () -> 0);
  }

  /** Recognises a request and remembers that it was answered. */
  private Recognition turn(@Nullable ConversationKey key, PrefixChain chain, long tokens) {
    Recognisable asked = new Recognisable(key, chain, tokens);
    List<Recognition> got = new ArrayList<>();
    conversations.recognise(asked, loop.eventLoop(), got::add);
    loop.runPendingTasks();
    assertThat(got).hasSize(1);
    conversations.remember(asked, got.getFirst(), D1, tokens);
    return got.getFirst();
  }

  private Recognition turn(PrefixChain chain) {
    return turn(null, chain, 500);
  }

  private static void assertNew(Recognition recognition) {
    assertThat(recognition.match()).isEqualTo(Match.NEW);
    assertThat(recognition.turn()).isEqualTo(1);
    assertThat(recognition.previous()).isNull();
    assertThat(recognition.storeAnswered()).isTrue();
  }

  @Test
  void fewShotChats_areNewConversationsEach() {
    IntStream.range(0, 60)
        .forEach(i -> assertNew(turn(chat("classify", "example", "label", "question " + i))));
    assertThat(count(conversations)).isEqualTo(60);
  }

  @Test
  void promptsWithACommonPreamble_areNewConversationsEach() {
    String preamble = letters(2_048, 1);
    IntStream.range(0, 50).forEach(i -> assertNew(turn(text(preamble + "item " + i))));
  }

  @Test
  void promptsWithALongCommonPreamble_areNewConversationsEach() {
    String preamble = letters(150_000, 1);
    IntStream.range(0, 5).forEach(i -> assertNew(turn(text(preamble + letters(2_000, i)))));
  }

  @Test
  void growingPrompt_continues() {
    String prompt = letters(1_000, 1);
    assertNew(turn(text(prompt)));
    for (int number = 2; number < 30; number++) {
      prompt += letters(300, number);
      Recognition next = turn(text(prompt));
      assertThat(next.match()).isEqualTo(Match.CONTINUED);
      assertThat(next.turn()).isEqualTo(number);
      assertThat(next.expectedCachedTokens()).isEqualTo(500);
    }
  }

  @Test
  void promptThatGrowsWithinOneStretch_continues() {
    assertNew(turn(text(letters(300, 1))));
    assertThat(turn(text(letters(300, 1) + "a")).match()).isEqualTo(Match.CONTINUED);
    assertThat(turn(text(letters(300, 1) + "a")).match()).isEqualTo(Match.REPEATED);
    assertNew(turn(text(letters(300, 1) + "b")));
  }

  @Test
  void promptThatIsCutShort_isNew() {
    String prompt = letters(400, 1);
    turn(text(prompt));
    assertNew(turn(text(prompt.substring(0, 300))));
  }

  @Test
  void sameFirstRequest_isRepeated_andStaysTheFirstTurn() {
    assertNew(turn(chat("s", "hi")));
    for (int i = 0; i < 40; i++) {
      Recognition again = turn(chat("s", "hi"));
      assertThat(again.match()).isEqualTo(Match.REPEATED);
      assertThat(again.turn()).isEqualTo(1);
    }
  }

  @Test
  void unrelatedPromptsUnderOneKey_areNewConversationsEach() {
    ConversationKey key = key("app");
    IntStream.range(0, 40).forEach(i -> assertNew(turn(key, chat("s", letters(8_000, i)), 2_000)));
    IntStream.range(0, 40).forEach(i -> assertNew(turn(key, text(letters(8_000, i)), 2_000)));
  }

  @Test
  void severalPromptsUnderOneKey_areNewConversationsEach() {
    ConversationKey key = key("app");
    assertNew(turn(key, new PrefixChainBuilder().seed("test").build(), 100));
    assertNew(turn(key, new PrefixChainBuilder().seed("test").build(), 100));
  }

  @Test
  void branch_keepsItsNode_fromHalfOfThePromptOn() {
    assertThat(branch(500, 1_000)).isEqualTo(Match.BRANCHED);
    assertThat(branch(499, 1_000)).isEqualTo(Match.NEW);
    assertThat(branch(500, 1_001)).isEqualTo(Match.NEW);
    assertThat(branch(0, 0)).isEqualTo(Match.NEW);
  }

  @Test
  void branch_keepsItsNode_from1024TokensOn() {
    assertThat(branch(1_024, 100_000)).isEqualTo(Match.BRANCHED);
    assertThat(branch(1_023, 100_000)).isEqualTo(Match.NEW);
  }

  /** How a request with this many tokens in common with its key's last one is taken. */
  private Match branch(long common, long promptTokens) {
    String first = common + " of " + promptTokens;
    ConversationKey key = key(first);
    turn(key, chat("s", first), common);
    turn(key, chat("s", first, "b", "c"), 200_000);
    Recognition branch = turn(key, chat("s", first, "x"), promptTokens);
    boolean known = branch.match() == Match.BRANCHED;
    assertThat(branch.turn()).isEqualTo(known ? 3 : 1);
    assertThat(branch.expectedCachedTokens()).isEqualTo(known ? common : 0);
    return branch.match();
  }

  @Test
  void branchOfAText_countsWhatLinksCover() {
    ConversationKey key = key("s");
    turn(key, text(letters(2_048, 1) + "tail one"), 514);
    Recognition branch = turn(key, text(letters(2_048, 1) + "another tail"), 515);
    assertThat(branch.match()).isEqualTo(Match.BRANCHED);
    assertThat(branch.expectedCachedTokens()).isEqualTo(514 * 2_048L / 2_056);
  }

  @Test
  void branch_toWhatAnotherNodeHolds_isNew() {
    ConversationKey key = key("s");
    PrefixChain first = chat("s", "a");
    store.save(null, first, Chains.placement("d2", 1, first, 0));
    turn(key, chat("s", "z"), 300);
    assertNew(turn(key, chat("s", "a", "x"), 100));
  }

  @Test
  void newConversationUnderAnOldKey_isAnotherOne() {
    turn(key("s"), chat("s", "a"), 900);
    turn(key("s"), chat("s", "b"), 900);
    assertThat(count(conversations)).isEqualTo(2);
  }
}
