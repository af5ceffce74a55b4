package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.key;
import static io.turnpike.conversation.Chains.placement;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.redis.ClusteredRedis;
import io.turnpike.fixtures.redis.RedisProcess;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The same contract where keys lie on three servers. */
class ClusterConversationStoreIT extends ConversationStoreContract {

  private static ClusteredRedis redis;
  private static RedisLink link;
  private static RedisConversationStore store;

  @BeforeAll
  static void start() {
    redis = ClusteredRedis.start();
    link =
        new RedisLink(
            new LettuceConnectionFactory(
                new RedisClusterConfiguration(List.of(redis.nodes().split(",", -1)))));
    store = new RedisConversationStore(link, "test", Duration.ofHours(1), event -> {});
    Eventually.until("the cluster is reached", link::isConnected);
  }

  @AfterAll
  static void stop() {
    link.close();
    redis.close();
  }

  @Override
  ConversationStore store() {
    return store;
  }

  @Test
  void conversations_lieOnAllServers_andOneIsFoundByOneCommand() {
    PrefixChain chain = Chains.of("a", "b", "c");
    for (int i = 0; i < 50; i++) {
      PrefixChain other = Chains.of("m" + i, "n");
      get(store.save(key("k" + i), other, placement("d1", 1, other, i)));
    }
    get(store.save(key("s"), chain, placement("d1", 1, chain, 0)));
    List<RedisProcess> masters = redis.members().subList(0, 3);
    assertThat(masters)
        .allSatisfy(master -> assertThat(Integer.parseInt(master.say("DBSIZE"))).isPositive());
    masters.forEach(master -> master.say("CONFIG", "RESETSTAT"));
    assertThat(get(store.lookup(key("s"), Chains.of("a", "b", "c", "d", "e"))).links())
        .isEqualTo(3);
    assertThat(masters.stream().mapToLong(ClusterConversationStoreIT::reads).sum())
        .as("one for the key, one for five links")
        .isEqualTo(2);
    assertThat(count(store)).isEqualTo(51);
  }

  private static long reads(RedisProcess master) {
    return master
        .say("INFO", "commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_mget:calls="))
        .mapToLong(line -> Long.parseLong(line.replaceAll("^.*?calls=(\\d+),.*$", "$1")))
        .sum();
  }
}
