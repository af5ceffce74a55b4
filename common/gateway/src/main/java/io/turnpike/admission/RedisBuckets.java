package io.turnpike.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce.LettuceBasedProxyManagerBuilder;
import io.github.bucket4j.redis.lettuce.RedisApi;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.turnpike.redis.NotConnectedException;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Buckets in Redis, by Bucket4j on the connection of control calls: a compare and swap each time,
 * and keys that go when their bucket would be full. Nothing of a caller is in them but its id.
 */
public final class RedisBuckets implements SharedBuckets {

  /** Longer than a bucket of a minute takes to fill. */
  private static final Duration KEPT = Duration.ofMinutes(2);

  private final AsyncProxyManager<byte[]> buckets;
  private final String prefix;

  /**
   * @param namespace whose buckets they are, so that two clusters may use one Redis
   */
  public RedisBuckets(RedisLink redis, String namespace) {
    this.prefix = "turnpike:limits:" + namespace + ":";
    this.buckets =
        new LettuceBasedProxyManagerBuilder<>(new OnLink<byte[]>(redis))
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
            .build()
            .asAsync();
  }

  @Override
  public CompletionStage<Long> charge(Shape shape, long amount) {
    try {
      AsyncBucketProxy bucket = bucket(shape);
      return amount < 0
          ? bucket
              .asVerbose()
              .addTokens(-amount)
              .thenApply(done -> done.getState().getAvailableTokens())
          : bucket
              .asVerbose()
              .consumeIgnoringRateLimits(Math.max(1, amount))
              .thenApply(done -> done.getState().getAvailableTokens());
    } catch (NotConnectedException away) {
      return CompletableFuture.failedFuture(away);
    }
  }

  /** Other limits are another bucket, so that none keeps a shape that it had once. */
  private AsyncBucketProxy bucket(Shape shape) {
    String name = prefix + shape.name() + ":" + shape.capacity() + ":" + shape.perSecond();
    BucketConfiguration configured =
        BucketConfiguration.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(shape.capacity())
                        .refillGreedy(Bucket.inPeriod(shape.perSecond()), Bucket.PERIOD))
            .build();
    return buckets
        .builder()
        .build(name.getBytes(UTF_8), () -> CompletableFuture.completedFuture(configured));
  }

  /**
   * The commands that buckets need, on whatever connection there is at the moment. Of any kind of
   * key, because Bucket4j hands keys over in an array of objects.
   *
   * @param <K> bytes
   */
  private record OnLink<K>(RedisLink redis) implements RedisApi<K> {

    @SuppressWarnings("unchecked") // keys are bytes
    private RedisClusterAsyncCommands<K, byte[]> commands() {
      RedisClusterAsyncCommands<byte[], byte[]> commands = redis.commands();
      if (commands == null) {
        throw new NotConnectedException();
      }
      return (RedisClusterAsyncCommands<K, byte[]>) commands;
    }

    @Override
    public <V> RedisFuture<V> eval(
        String script, ScriptOutputType output, K[] keys, byte[][] parameters) {
      return commands().eval(script, output, keys, parameters);
    }

    @Override
    public RedisFuture<byte[]> get(K key) {
      return commands().get(key);
    }

    @Override
    @SuppressWarnings("unchecked") // one key in an array of them
    public RedisFuture<?> delete(K key) {
      return commands().del(key);
    }
  }
}
