package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.key;
import static io.turnpike.conversation.Chains.placement;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.conversation.ConversationEvents.Event;
import io.turnpike.conversation.ConversationStore.Found;
import io.turnpike.redis.NotConnectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the store says to Redis, and makes of its answers. */
class RedisConversationStoreTest extends ConversationStoreContract {

  private final FakeRedis redis = new FakeRedis();
  private final List<Event> events = new ArrayList<>();
  private final RedisConversationStore store = keeping(Duration.ofHours(1));

  private RedisConversationStore keeping(Duration timeToLive) {
    return new RedisConversationStore(redis, "test", timeToLive, events::add);
  }

  @Override
  ConversationStore store() {
    return store;
  }

  private static void save(
      RedisConversationStore store, @Nullable ConversationKey key, PrefixChain chain) {
    get(store.save(key, chain, placement("d1", 1, chain, 0)));
  }

  @Test
  void lookup_isOneQuestion_longestFirst_andTheKeyBeforeAll() {
    PrefixChain chain = Chains.of("a", "b");
    save(store, key("s"), chain);
    redis.asked.clear();
    get(store.lookup(key("s"), chain));
    RedisEntries names = new RedisEntries("test", false);
    assertThat(redis.asked)
        .containsExactly(
            List.of(
                "MGET",
                text(names.explicit(key("s"))),
                text(names.link(0, chain.hi(1), chain.lo(1))),
                text(names.link(0, chain.hi(0), chain.lo(0)))));
  }

  @Test
  void lookup_inACluster_asksForTheKeyBeside() {
    redis.cluster = true;
    RedisConversationStore clustered = keeping(Duration.ofHours(1));
    PrefixChain chain = Chains.of("a", "b");
    save(clustered, key("s"), chain);
    redis.asked.clear();
    Found found = get(clustered.lookup(key("s"), Chains.of("a", "b", "c")));
    assertThat(found.links()).isEqualTo(2);
    assertThat(found.byKey()).isEqualTo(found.byChain()).isNotNull();
    assertThat(redis.asked).extracting(List::size).containsExactly(2, 4);
    assertThat(get(clustered.lookup(key("s"), Chains.of("z"))).byKey()).isNotNull();
    assertThat(get(clustered.lookup(key("t"), Chains.of()))).isEqualTo(Found.NOTHING);
    assertThat(redis.asked("MGET")).as("one alone where there are no links").isEqualTo(5);
  }

  @Test
  void failure_isTold_withTheCommandsName() {
    PrefixChain chain = Chains.of("a");
    redis.goAway();
    assertThat(store.lookup(null, chain)).isCompletedExceptionally();
    assertThat(store.save(null, chain, placement("d1", 1, chain, 0))).isCompletedExceptionally();
    assertThat(redis.failed).containsExactly("MGET", "SET");
  }

  @Test
  void clear_isToldToTheOthers() {
    redis.told.clear();
    get(store.clear());
    assertThat(redis.told).containsExactly("turnpike:cleared:test");
  }

  private static String text(byte[] name) {
    return new String(name, US_ASCII);
  }

  @Test
  void lookup_withNothingToLookFor_asksNothing() {
    redis.asked.clear();
    assertThat(get(store.lookup(null, Chains.of()))).isSameAs(Found.NOTHING);
    get(store.save(null, Chains.of(), placement("d1", 1, Chains.of(), 0)));
    assertThat(redis.asked).isEmpty();
  }

  @Test
  void lookup_countsAndSkipsWhatItCannotRead() {
    PrefixChain one = Chains.of("a");
    PrefixChain two = Chains.of("a", "b");
    save(store, null, one);
    RedisEntries names = new RedisEntries("test", false);
    redis.entries.put(
        text(names.link(0, two.end().hi(), two.end().lo())),
        new FakeRedis.Entry("3 from later", 1));
    assertThat(get(store.lookup(null, two)).links()).isEqualTo(1);
    assertThat(events).containsExactly(Event.UNREADABLE);
    get(store.lookup(null, one));
    assertThat(events).as("counted only where it was met").hasSize(1);
    assertThat(count(store)).as("and skipped by those who look").isEqualTo(1);
  }

  @Test
  void save_keepsForTheTimeToLive_andForAMillisecondAtLeast() {
    save(keeping(Duration.ofMillis(900)), key("s"), Chains.of("a"));
    assertThat(redis.entries.values())
        .hasSize(2)
        .extracting(FakeRedis.Entry::timeToLiveMillis)
        .containsOnly(900L);
    save(keeping(Duration.ofNanos(1)), null, Chains.of("b"));
    assertThat(redis.entries.values()).extracting(FakeRedis.Entry::timeToLiveMillis).contains(1L);
    assertThat(redis.asked.getLast()).contains("PX");
  }

  @Test
  void clear_leavesOthersEntriesAlone() {
    RedisConversationStore others =
        new RedisConversationStore(redis, "other", Duration.ofHours(1), events::add);
    save(others, null, Chains.of("a"));
    redis.entries.put("turnpike:mode", new FakeRedis.Entry("ppd", 0));
    save(store, null, Chains.of("a"));
    assertThat(get(store.clear())).isEqualTo(1);
    assertThat(redis.entries).hasSize(2).containsKey("turnpike:mode");
    assertThat(count(others)).isEqualTo(1);
  }

  @Test
  void walk_takesSmallSteps_andReadsEachStepInOneQuestion() {
    for (int i = 0; i < 1_200; i++) {
      save(store, null, Chains.of("m" + i));
    }
    redis.asked.clear();
    assertThat(count(store)).isEqualTo(1_200);
    assertThat(redis.asked("SCAN")).isEqualTo(3);
    assertThat(redis.asked("MGET")).isEqualTo(3);
    assertThat(get(store.clear())).isEqualTo(1_200);
    assertThat(redis.entries).isEmpty();
  }

  @Test
  void whoLooks_goesNoFurtherThanAThousandSteps_butWhoClearsGoesToTheEnd() {
    save(store, null, Chains.of("a"));
    redis.emptySteps = 999;
    assertThat(count(store)).as("found in the last step").isEqualTo(1);
    redis.emptySteps = 1_000;
    redis.asked.clear();
    assertThat(count(store)).isZero();
    assertThat(redis.asked("SCAN")).isEqualTo(1_000);
    assertThat(redis.asked("MGET")).as("nothing to read").isZero();
    assertThat(get(store.clear())).isEqualTo(1);
    assertThat(redis.entries).isEmpty();
  }

  @Test
  void whoLooks_seesNoMoreEntriesThanItMay() {
    String value = text(placement("d1", 1, Chains.of("a"), 0).encode());
    for (int i = 0; i <= ConversationStore.MAX_SCANNED_ENTRIES; i++) {
      redis.entries.put("turnpike:c:test:p%06d".formatted(i), new FakeRedis.Entry(value, 1));
    }
    redis.asked.clear();
    assertThat(count(store)).as("all of one conversation").isEqualTo(1);
    assertThat(redis.asked("SCAN")).isEqualTo(ConversationStore.MAX_SCANNED_ENTRIES / 500);
    get(store.clear());
    assertThat(redis.entries).isEmpty();
  }

  @Test
  void everything_failsAtOnceWhileRedisIsAway() {
    PrefixChain chain = Chains.of("a");
    redis.goAway();
    assertThat(store.lookup(null, chain)).isCompletedExceptionally();
    assertThat(store.save(null, chain, placement("d1", 1, chain, 0))).isCompletedExceptionally();
    assertThatThrownBy(() -> get(store.ping())).hasRootCauseInstanceOf(NotConnectedException.class);
    assertThatThrownBy(() -> count(store)).hasRootCauseInstanceOf(NotConnectedException.class);
  }
}
