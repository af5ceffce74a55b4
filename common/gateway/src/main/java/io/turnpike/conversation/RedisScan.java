package io.turnpike.conversation;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Walks over a service's entries in Redis in steps that do not hold Redis up. Who only looks sees
 * {@link ConversationStore#MAX_SCANNED_ENTRIES} of them at most, and takes no more than {@value
 * #MAX_STEPS} steps through what may be others' entries; who deletes goes to the end. Used once.
 */
final class RedisScan {

  private static final int ENTRIES_PER_STEP = 500;
  private static final int MAX_STEPS = 1_000;

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final boolean delete;
  private final ScanArgs args;
  private final Summaries summaries = new Summaries();
  private int scanned;
  private int steps;

  RedisScan(RedisClusterAsyncCommands<byte[], byte[]> redis, String pattern, boolean delete) {
    this.redis = redis;
    this.args = ScanArgs.Builder.limit(ENTRIES_PER_STEP).match(pattern);
    this.delete = delete;
  }

  CompletionStage<Summaries> run() {
    return redis.scan(args).thenCompose(this::step);
  }

  private CompletionStage<Summaries> step(KeyScanCursor<byte[]> cursor) {
    List<byte[]> keys = cursor.getKeys();
    CompletionStage<?> done =
        keys.isEmpty()
            ? CompletableFuture.completedStage(0L)
            : entries(keys.toArray(byte[][]::new));
    scanned += keys.size();
    steps++;
    return done.thenCompose(
        ignored ->
            cursor.isFinished() || isEnough()
                ? CompletableFuture.completedStage(summaries)
                : redis.scan(cursor, args).thenCompose(this::step));
  }

  private boolean isEnough() {
    return !delete && (scanned >= ConversationStore.MAX_SCANNED_ENTRIES || steps >= MAX_STEPS);
  }

  private CompletionStage<Long> entries(byte[][] keys) {
    CompletionStage<Long> read =
        redis
            .mget(keys)
            .thenApply(
                values -> {
                  values.forEach(this::add);
                  return 0L;
                });
    return delete ? read.thenCompose(ignored -> redis.unlink(keys)) : read;
  }

  private void add(KeyValue<byte[], byte[]> value) {
    Placement placement = value.hasValue() ? Placement.decode(value.getValue()) : null;
    if (placement != null) {
      summaries.add(placement);
    }
  }
}
