package io.turnpike.conversation;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Walks over a service's entries in Redis, at most {@link ConversationStore#MAX_SCANNED_ENTRIES} of
 * them, in steps that do not hold Redis up. Used once.
 */
final class RedisScan {

  private static final int ENTRIES_PER_STEP = 500;

  private final RedisAsyncCommands<byte[], byte[]> redis;
  private final boolean delete;
  private final ScanArgs args;
  private final Summaries summaries = new Summaries();
  private int scanned;

  RedisScan(RedisAsyncCommands<byte[], byte[]> redis, String pattern, boolean delete) {
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
    return done.thenCompose(
        ignored ->
            cursor.isFinished() || scanned >= ConversationStore.MAX_SCANNED_ENTRIES
                ? CompletableFuture.completedStage(summaries)
                : redis.scan(ScanCursor.of(cursor.getCursor()), args).thenCompose(this::step));
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
