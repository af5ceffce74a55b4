package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.key;
import static io.turnpike.conversation.Chains.placement;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.conversation.ConversationStore.Found;
import io.turnpike.conversation.ConversationStore.Summary;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store must do. */
abstract class ConversationStoreContract {

  private static final long NOW = 1_700_000_000_123L;

  /** The store under test; what an earlier test left in it does not matter. */
  abstract ConversationStore store();

  static <T extends @Nullable Object> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static int count(ConversationStore store) {
    return get(store.overview(0)).conversations();
  }

  @BeforeEach
  void forgetEverything() {
    get(store().clear());
  }

  @Test
  void ping_isAnswered() {
    assertThat(get(store().ping())).isTrue();
  }

  @Test
  void lookup_findsNothingInAnEmptyStore() {
    assertThat(get(store().lookup(key("a"), Chains.of("x", "y")))).isEqualTo(Found.NOTHING);
    assertThat(get(store().lookup(null, Chains.of()))).isEqualTo(Found.NOTHING);
  }

  @Test
  void lookup_findsTheLongestKnownPrefix() {
    PrefixChain one = Chains.of("a");
    PrefixChain three = Chains.of("a", "b", "c");
    get(store().save(null, one, placement("d1", 1, one, NOW)));
    get(store().save(null, three, placement("d2", 2, three, NOW)));

    Found found = get(store().lookup(null, Chains.of("a", "b", "c", "d", "e")));
    assertThat(found).isEqualTo(new Found(null, placement("d2", 2, three, NOW), 3));
    assertThat(get(store().lookup(null, Chains.of("a", "x"))).links()).isEqualTo(1);
    assertThat(get(store().lookup(null, Chains.of("b", "a")))).isEqualTo(Found.NOTHING);
  }

  @Test
  void lookup_findsExplicitKeysExactly() {
    PrefixChain chain = Chains.of("a");
    get(store().save(key("session-1"), chain, placement("d1", 1, chain, NOW)));

    assertThat(get(store().lookup(key("session-1"), Chains.of("z"))).byKey())
        .isEqualTo(placement("d1", 1, chain, NOW));
    assertThat(get(store().lookup(key("session-12"), Chains.of("z")))).isEqualTo(Found.NOTHING);
  }

  @Test
  void lookup_withAKey_findsWhatItNames_andTheLongestKnownPrefixBeside() {
    PrefixChain mine = Chains.of("a");
    PrefixChain others = Chains.of("a", "b");
    get(store().save(key("s"), mine, placement("d1", 1, mine, NOW)));
    get(store().save(null, others, placement("d2", 2, others, NOW)));

    assertThat(get(store().lookup(key("s"), Chains.of("a", "b", "c"))))
        .isEqualTo(new Found(placement("d1", 1, mine, NOW), placement("d2", 2, others, NOW), 2));
  }

  @Test
  void save_withoutLinks_keepsOnlyTheExplicitKey() {
    PrefixChain empty = Chains.of();
    get(store().save(null, empty, placement("d1", 1, empty, NOW)));
    assertThat(count(store())).isZero();

    get(store().save(key("s"), empty, placement("d1", 1, empty, NOW)));
    assertThat(get(store().lookup(key("s"), empty)))
        .isEqualTo(new Found(placement("d1", 1, empty, NOW), null, 0));
  }

  @Test
  void lookup_looksAtTheLastLinksOnly() {
    PrefixChain first = Chains.of("0");
    get(store().save(null, first, placement("d1", 1, first, NOW)));

    assertThat(get(store().lookup(null, numbered(ConversationStore.MAX_LOOKUP_LINKS))).links())
        .isEqualTo(1);
    assertThat(get(store().lookup(null, numbered(ConversationStore.MAX_LOOKUP_LINKS + 1))))
        .isEqualTo(Found.NOTHING);
  }

  private static PrefixChain numbered(int links) {
    return Chains.of(IntStream.range(0, links).mapToObj(Integer::toString).toArray(String[]::new));
  }

  @Test
  void list_countsConversationsNotTurns() {
    PrefixChain one = Chains.of("a");
    PrefixChain two = Chains.of("a", "b", "c");
    PrefixChain other = Chains.of("z");
    get(store().save(key("s"), one, placement("d1", 1, one, NOW)));
    get(store().save(key("s"), two, placement("d1", 2, two, NOW + 5)));
    get(store().save(null, other, placement("d2", 1, other, NOW + 1)));

    assertThat(count(store())).isEqualTo(2);
    assertThat(get(store().overview(10)).latest())
        .extracting(Summary::turns, Summary::lastAccess)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2, Instant.ofEpochMilli(NOW + 5)),
            org.assertj.core.groups.Tuple.tuple(1, Instant.ofEpochMilli(NOW + 1)));
    assertThat(get(store().overview(1)).latest()).hasSize(1);
  }

  @Test
  void clear_forgetsEverythingAndCounts() {
    PrefixChain chain = Chains.of("a");
    get(store().save(key("s"), chain, placement("d1", 1, chain, NOW)));

    assertThat(get(store().clear())).isEqualTo(1);
    assertThat(count(store())).isZero();
    assertThat(get(store().lookup(key("s"), chain))).isEqualTo(Found.NOTHING);
  }
}
