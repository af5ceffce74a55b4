package io.turnpike.conversation;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.turnpike.conversation.ConversationStore.Overview;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a service's entries in Redis in steps that do not hold Redis up. Who only looks sees
 * {@link ConversationStore#MAX_SCANNED_ENTRIES} of them at most, takes no more than {@value
 * #MAX_STEPS} steps through what may be others' entries, and stops where nobody waits any more; who
 * clears goes to the end. Used once.
 */
final class RedisWalk {

  private static final int ENTRIES_PER_STEP = 500;
  private static final int MAX_STEPS = 1_000;

  /** So many cleared conversations are told apart; of more it is said that they were so many. */
  private static final int MAX_COUNTED = 1_000_000;

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final ScanArgs args;
  private int scanned;
  private int steps;

  RedisWalk(RedisClusterAsyncCommands<byte[], byte[]> redis, String pattern) {
    this.redis = redis;
    this.args = ScanArgs.Builder.limit(ENTRIES_PER_STEP).match(pattern);
  }

  /** Counts conversations, and names the latest of them. */
  CompletionStage<Overview> look(int limit) {
    Summaries summaries = new Summaries();
    CompletableFuture<Overview> seen = new CompletableFuture<>();
    walk(
            keys -> placements(keys, summaries::add),
            () ->
                seen.isDone()
                    || scanned >= ConversationStore.MAX_SCANNED_ENTRIES
                    || steps >= MAX_STEPS)
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                seen.completeExceptionally(error);
              } else {
                seen.complete(new Overview(summaries.count(), summaries.latest(limit)));
              }
            });
    return seen;
  }

  /** Removes every entry; tells how many conversations they were of. */
  CompletionStage<Integer> clear() {
    Set<Long> conversations = new HashSet<>();
    Consumer<Placement> count =
        placement -> {
          if (conversations.size() < MAX_COUNTED) {
            conversations.add(placement.conversation());
          }
        };
    return walk(
            keys -> placements(keys, count).thenCompose(read -> redis.unlink(keys)), () -> false)
        .thenApply(done -> conversations.size());
  }

  private interface Visit {
    CompletionStage<?> entries(byte[][] keys);
  }

  private interface End {
    boolean isReached();
  }

  private CompletionStage<@Nullable Void> walk(Visit visit, End end) {
    return redis.scan(args).thenCompose(cursor -> step(cursor, visit, end));
  }

  private CompletionStage<@Nullable Void> step(KeyScanCursor<byte[]> cursor, Visit visit, End end) {
    List<byte[]> keys = cursor.getKeys();
    scanned += keys.size();
    steps++;
    CompletionStage<?> visited =
        keys.isEmpty()
            ? CompletableFuture.completedStage(null)
            : visit.entries(keys.toArray(byte[][]::new));
    return visited.thenCompose(
        ignored ->
            cursor.isFinished() || end.isReached()
                ? CompletableFuture.completedStage(null)
                : redis.scan(cursor, args).thenCompose(next -> step(next, visit, end)));
  }

  private CompletionStage<@Nullable Void> placements(byte[][] keys, Consumer<Placement> each) {
    return redis
        .mget(keys)
        .thenApply(
            values -> {
              for (KeyValue<byte[], byte[]> value : values) {
                Placement placement = value.hasValue() ? Placement.decode(value.getValue()) : null;
                if (placement != null) {
                  each.accept(placement);
                }
              }
              return null;
            });
  }
}
