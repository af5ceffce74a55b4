package io.turnpike.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.redis.RedisAddress;
import io.turnpike.fixtures.redis.RedisProcess;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A word, and what Redis may do to it. */
class SharedWordIT {

  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final String KEY = "turnpike:word:test";

  private static RedisProcess redis;
  private static RedisLink link;

  private long now = 8_000_000;

  @BeforeAll
  static void start() {
    redis = RedisProcess.start();
    link = new RedisLink(RedisAddress.of(redis.url()));
  }

  @AfterAll
  static void stop() {
    link.close();
    redis.close();
  }

  @BeforeEach
  void empty() {
    redis.say("FLUSHALL");
  }

  private SharedWord word() {
    return new SharedState(link, "test", () -> Instant.ofEpochMilli(now)).word("word");
  }

  private static @Nullable String look(SharedWord word, String mine) {
    return word.look(mine).block(BOUND);
  }

  @Test
  void word_isKeptForALongTime_withTheTimeItWasSaidAt() {
    word().say("a").block(BOUND);
    assertThat(redis.say("GET", KEY)).isEqualTo("a 8000000");
    assertThat(Long.parseLong(redis.say("TTL", KEY))).isGreaterThan(2_000_000);
    redis.say("PEXPIRE", KEY, "50000");
    assertThat(look(word(), "b")).isEqualTo("a");
    assertThat(Long.parseLong(redis.say("TTL", KEY))).as("prolonged").isGreaterThan(2_000_000);
  }

  @Test
  void laterWord_isLater_alsoByAClockThatIsBehind() {
    SharedWord ahead = word();
    now = 9_000_000;
    ahead.say("a").block(BOUND);
    now = 8_500_000;
    word().say("b").block(BOUND);
    assertThat(redis.say("GET", KEY)).isEqualTo("b 9000001");
    assertThat(look(ahead, "a")).isEqualTo("b");
  }

  @Test
  void wordThatRedisLost_isPutBack() {
    SharedWord word = word();
    word.say("new").block(BOUND);
    for (String lost : new String[] {"old 999", "old", "old odd"}) {
      redis.say("SET", KEY, lost);
      assertThat(look(word, "new")).isEqualTo("new");
      assertThat(redis.say("GET", KEY)).isEqualTo("new 8000000");
    }
    redis.say("FLUSHALL");
    assertThat(look(word, "new")).isEqualTo("new");
    assertThat(redis.say("GET", KEY)).isEqualTo("new 8000000");
    assertThat(Long.parseLong(redis.say("TTL", KEY))).isPositive();
  }

  @Test
  void word_isHeardByAll_once_andOldOnesByNobody() {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    word().listen(heard::add);
    SharedWord speaker = word();
    Eventually.until("somebody listens", () -> redis.say("PUBSUB", "NUMSUB", KEY).endsWith("1"));
    speaker.say("a").block(BOUND);
    redis.say("PUBLISH", KEY, "older 12");
    redis.say("PUBLISH", KEY, "a 8000000");
    speaker.say("b").block(BOUND);
    Eventually.until("the last is heard", () -> heard.contains("b"));
    assertThat(heard).containsExactly("a", "b");
  }

  @Test
  void withoutRedis_nothingIsSaidOrKnown() {
    try (RedisLink away = new RedisLink(RedisAddress.of("redis://127.0.0.1:1"))) {
      SharedWord word = new SharedState(away, "test", Instant::now).word("word");
      assertThatThrownBy(() -> word.say("a").block(BOUND)).isNotNull();
      assertThat(look(word, "a")).isNull();
    }
  }
}
