package io.turnpike.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.admission.SharedBuckets.Shape;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.redis.RedisAddress;
import io.turnpike.fixtures.redis.RedisProcess;
import io.turnpike.redis.RedisLink;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buckets in a real Redis, as two replicas use them. */
class RedisBucketsIT {

  private static final Shape SLOW = new Shape("a:requests", 10, 0.001);

  private RedisProcess redis;
  private RedisLink one;
  private RedisLink two;

  @BeforeEach
  void start() {
    redis = RedisProcess.start();
    one = new RedisLink(RedisAddress.of(redis.url()));
    two = new RedisLink(RedisAddress.of(redis.url()));
    Eventually.until("both are connected", () -> one.isConnected() && two.isConnected());
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    redis.close();
  }

  private static long charge(RedisLink link, String namespace, Shape shape, long amount) {
    return new RedisBuckets(link, namespace)
        .charge(shape, amount)
        .toCompletableFuture()
        .orTimeout(5, TimeUnit.SECONDS)
        .join();
  }

  @Test
  void whatOneTook_isMissingForTheOther_alsoIntoDebt() {
    assertThat(charge(one, "proxy", SLOW, 4)).isEqualTo(6);
    assertThat(charge(two, "proxy", SLOW, 4)).isEqualTo(2);
    assertThat(charge(one, "proxy", SLOW, 4)).isEqualTo(-2);
    assertThat(charge(two, "proxy", SLOW, -3)).isEqualTo(1);
    assertThat(charge(two, "replication", SLOW, 1)).as("others' buckets").isEqualTo(9);
    assertThat(charge(two, "proxy", new Shape("a:requests", 20, 0.001), 1))
        .as("other limits")
        .isEqualTo(19);
  }

  @Test
  void everyKey_goesByItself() {
    charge(one, "proxy", SLOW, 1);
    String keys = redis.say("keys", "*");
    assertThat(keys).contains("turnpike:limits:proxy:a:requests");
    assertThat(redis.say("ttl", "turnpike:limits:proxy:a:requests:10:0.001"))
        .matches("(?s).*\\d+.*")
        .doesNotContain("-1")
        .doesNotContain("-2");
  }

  @Test
  void awayRedis_isAnError_atOnce() {
    redis.kill();
    Eventually.until("it is gone", () -> one.commands() == null);
    assertThatThrownBy(() -> charge(one, "proxy", SLOW, 1))
        .hasMessageContaining("not connected to Redis");
  }
}
