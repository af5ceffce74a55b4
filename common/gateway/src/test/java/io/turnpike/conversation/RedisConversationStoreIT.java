package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.placement;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.turnpike.fixtures.redis.RedisAddress;
import io.turnpike.redis.RedisLink;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;
import redis.embedded.RedisServer;

class RedisConversationStoreIT extends ConversationStoreContract {

  private static final ConcurrentLinkedQueue<ConversationEvents.Event> EVENTS =
      new ConcurrentLinkedQueue<>();

  private static final EventLoopGroup LOOPS =
      LoopResources.create("redis-test", 2, true).onServer(LoopResources.DEFAULT_NATIVE);

  private static int port;
  private static RedisServer server;
  private static RedisLink link;
  private static RedisConversationStore store;
  private static StatefulRedisConnection<String, String> other;

  @BeforeAll
  static void start() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    link = new RedisLink(RedisAddress.of("redis://127.0.0.1:" + port), LOOPS);
    // The store is there before Redis is, as when a gateway starts first.
    store = new RedisConversationStore(link, "test", Duration.ofHours(1), EVENTS::add);
    assertThatThrownBy(() -> count(store)).hasMessageContaining("not connected");
    server = newServer();
    server.start();
    awaitAnswer();
    other = RedisClient.create(uri()).connect();
  }

  @AfterAll
  static void stop() throws IOException {
    other.close();
    link.close();
    server.stop();
    var _ = LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static RedisURI uri() {
    return RedisURI.create("127.0.0.1", port);
  }

  private static RedisServer newServer() throws IOException {
    return RedisServer.newRedisServer()
        .port(port)
        .setting("save \"\"")
        .setting("bind 127.0.0.1")
        .build();
  }

  private static void awaitAnswer() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() - deadline < 0) {
      try {
        count(store);
        return;
      } catch (AssertionError notYet) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    throw new AssertionError("no answer from Redis within 20 s");
  }

  @Override
  ConversationStore store() {
    return store;
  }

  @Test
  void save_setsTheTimeToLive() {
    PrefixChain chain = Chains.of("a");
    get(store.save(Chains.key("s"), chain, placement("d1", 1, chain, 0)));

    assertThat(other.sync().keys("turnpike:c:*"))
        .hasSize(2)
        .allSatisfy(key -> assertThat(other.sync().ttl(key)).isBetween(3_590L, 3_600L));
    assertThat(other.sync().keys("*")).noneMatch(key -> key.contains("\"a\""));
  }

  @Test
  void lookup_fromAnEventLoop_isAnsweredOnIt() throws Exception {
    PrefixChain chain = Chains.of("a");
    get(store.save(null, chain, placement("d1", 1, chain, 0)));
    for (EventExecutor loop : LOOPS) {
      CompletableFuture<Boolean> stayed = new CompletableFuture<>();
      loop.execute(
          () ->
              store
                  .lookup(null, chain)
                  .thenAccept(found -> stayed.complete(loop.inEventLoop() && found.links() == 1)));
      assertThat(stayed.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void save_keepsForLessThanASecond() {
    PrefixChain chain = Chains.of("short-lived");
    get(
        new RedisConversationStore(link, "brief", Duration.ofMillis(900), EVENTS::add)
            .save(null, chain, placement("d1", 1, chain, 0)));
    assertThat(other.sync().keys("turnpike:c:brief:*"))
        .singleElement()
        .satisfies(key -> assertThat(other.sync().pttl(key)).isBetween(1L, 900L));
  }

  @Test
  void clear_goesToTheEnd_andLooksGoNoFurtherThanTheyMay() {
    Map<String, String> foreign = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      foreign.put("other:" + i, "x");
    }
    other.sync().mset(foreign);
    for (int i = 0; i < 1_200; i++) {
      PrefixChain chain = Chains.of("m" + i);
      get(store.save(null, chain, placement("d1", 1, chain, i)));
    }
    assertThat(count(store)).isEqualTo(1_200);
    assertThat(get(store.clear())).isEqualTo(1_200);
    assertThat(other.sync().keys("turnpike:c:test:*")).isEmpty();
    assertThat(other.sync().del(foreign.keySet().toArray(String[]::new))).isEqualTo(2_000);
  }

  @Test
  void lookup_countsAndSkipsWhatItCannotRead() {
    PrefixChain one = Chains.of("a");
    PrefixChain two = Chains.of("a", "b");
    get(store.save(null, one, placement("d1", 1, one, 0)));
    other
        .sync()
        .set(
            new String(
                new RedisEntries("test", false).link(0, two.end().hi(), two.end().lo()), UTF_8),
            "3 from later");
    EVENTS.clear();

    assertThat(get(store.lookup(null, two)).links()).isEqualTo(1);
    assertThat(EVENTS).containsExactly(ConversationEvents.Event.UNREADABLE);
  }

  @Test
  void clear_leavesOtherEntriesAlone() {
    other.sync().set("turnpike:mode", "ppd");
    PrefixChain chain = Chains.of("a");
    get(store.save(null, chain, placement("d1", 1, chain, 0)));
    get(store.clear());
    assertThat(other.sync().keys("*")).containsExactly("turnpike:mode");
    other.sync().del("turnpike:mode");
  }

  @Test
  void store_failsAtOnceWithoutRedisAndComesBack() throws IOException {
    server.stop();
    assertThatThrownBy(() -> get(store.lookup(null, Chains.of("a")))).isNotNull();
    assertThatThrownBy(() -> get(store.ping())).isNotNull();
    PrefixChain chain = Chains.of("a");
    assertThatThrownBy(() -> get(store.save(null, chain, placement("d1", 1, chain, 0))))
        .isNotNull();

    server = newServer();
    server.start();
    awaitAnswer();
    get(store.save(null, chain, placement("d1", 1, chain, 0)));
    assertThat(get(store.lookup(null, chain)).links()).isEqualTo(1);
  }
}
