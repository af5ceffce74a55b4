package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.turnpike.redis.NotConnectedException;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Placements in Redis, shared by all gateways. A lookup is one {@code MGET}, in a cluster one more
 * for an explicit key, which lies elsewhere; a save is one or two {@code SET … PX} written
 * together. Entries are named as {@link RedisEntries} says; their values are {@link Placement}'s
 * text form.
 *
 * <p>While Redis is away commands fail at once; those of a turn go out and are answered on the
 * event loop that asks (see {@link RedisLink}).
 */
public final class RedisConversationStore implements ConversationStore {

  /** The ways to Redis, as far as they are needed here: a {@link RedisLink}'s. */
  interface Ways {
    /** Whether one command takes only keys of one slot. */
    boolean isCluster();

    /** Writes a turn's commands; fails them at once while Redis is away. */
    void write(List<? extends RedisCommand<byte[], byte[], ?>> commands);

    /** A command had an error for its answer, or none. */
    void failed(String command, Throwable error);

    /** The commands of control calls; null while Redis is away. */
    @Nullable RedisClusterAsyncCommands<byte[], byte[]> control();
  }

  private record LinkWays(RedisLink link) implements Ways {
    @Override
    public boolean isCluster() {
      return link.isCluster();
    }

    @Override
    public void write(List<? extends RedisCommand<byte[], byte[], ?>> commands) {
      link.write(commands);
    }

    @Override
    public void failed(String command, Throwable error) {
      link.failed(command, error);
    }

    @Override
    public @Nullable RedisClusterAsyncCommands<byte[], byte[]> control() {
      return link.commands();
    }
  }

  private static final byte[] NO_MESSAGE = {};
  private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

  private final Ways redis;
  private final RedisEntries entries;
  private final long timeToLiveMillis;
  private final ConversationEvents events;

  /**
   * @param link the connection, shared with others and closed by its owner
   * @param service whose conversations these are; the same for all its replicas
   * @param timeToLive how long a placement is kept
   */
  public RedisConversationStore(
      RedisLink link, String service, Duration timeToLive, ConversationEvents events) {
    this(new LinkWays(link), service, timeToLive, events);
  }

  RedisConversationStore(
      Ways redis, String service, Duration timeToLive, ConversationEvents events) {
    this.redis = redis;
    this.entries = new RedisEntries(service, redis.isCluster());
    this.timeToLiveMillis = Math.max(1, timeToLive.toMillis());
    this.events = events;
  }

  @Override
  public CompletionStage<Found> lookup(@Nullable ConversationKey key, PrefixChain chain) {
    int links = Math.min(chain.size(), MAX_LOOKUP_LINKS);
    if (key == null) {
      return links == 0
          ? CompletableFuture.completedStage(Found.NOTHING)
          : one(get(null, chain, links)).thenApply(values -> found(values, 0, chain.size()));
    }
    if (links == 0 || !redis.isCluster()) {
      return one(get(key, chain, links)).thenApply(values -> found(values, 1, chain.size()));
    }
    Get byKey = get(key, chain, 0);
    Get byChain = get(null, chain, links);
    redis.write(List.of(byKey, byChain));
    return told(byKey)
        .thenCombine(
            told(byChain),
            (explicit, values) -> {
              Found found = found(values, 0, chain.size());
              return new Found(placement(explicit.getFirst()), found.byChain(), found.links());
            });
  }

  /** An {@code MGET} and its answer. */
  private static final class Get extends AsyncCommand<byte[], byte[], List<byte[]>> {
    Get(CommandArgs<byte[], byte[]> wanted) {
      super(new Command<>(CommandType.MGET, new ValueListOutput<>(CODEC), wanted));
    }
  }

  private Get get(@Nullable ConversationKey key, PrefixChain chain, int links) {
    CommandArgs<byte[], byte[]> wanted = new CommandArgs<>(CODEC);
    if (key != null) {
      wanted.addKey(entries.explicit(key));
    }
    long root = chain.rootHash();
    for (int i = chain.size() - 1; i >= chain.size() - links; i--) {
      wanted.addKey(entries.link(root, chain.hi(i), chain.lo(i)));
    }
    return new Get(wanted);
  }

  private CompletionStage<List<byte[]>> one(Get get) {
    redis.write(List.of(get));
    return told(get);
  }

  private CompletionStage<List<byte[]>> told(Get get) {
    return get.whenComplete(
        (values, error) -> {
          if (error != null) {
            redis.failed("MGET", error);
          }
        });
  }

  private Found found(List<byte[]> values, int explicit, int chainSize) {
    Placement byKey = explicit == 0 ? null : placement(values.getFirst());
    for (int i = explicit; i < values.size(); i++) {
      Placement byChain = placement(values.get(i));
      if (byChain != null) {
        return new Found(byKey, byChain, chainSize - (i - explicit));
      }
    }
    return byKey == null ? Found.NOTHING : new Found(byKey, null, 0);
  }

  private @Nullable Placement placement(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    Placement placement = Placement.decode(value);
    if (placement == null) {
      events.happened(ConversationEvents.Event.UNREADABLE);
    }
    return placement;
  }

  @Override
  public CompletionStage<@Nullable Void> save(
      @Nullable ConversationKey key, PrefixChain chain, Placement placement) {
    byte[] value = placement.encode();
    List<AsyncCommand<byte[], byte[], String>> commands = new ArrayList<>(2);
    if (chain.size() > 0) {
      ChainLink end = chain.end();
      commands.add(set(entries.link(chain.rootHash(), end.hi(), end.lo()), value));
    }
    if (key != null) {
      commands.add(set(entries.explicit(key), value));
    }
    if (commands.isEmpty()) {
      return CompletableFuture.completedStage(null);
    }
    redis.write(commands);
    return CompletableFuture.allOf(commands.toArray(CompletableFuture[]::new))
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                redis.failed("SET", error);
              }
            })
        .thenApply(done -> null);
  }

  private AsyncCommand<byte[], byte[], String> set(byte[] entry, byte[] value) {
    CommandArgs<byte[], byte[]> args =
        new CommandArgs<>(CODEC).addKey(entry).addValue(value).add("PX").add(timeToLiveMillis);
    return new AsyncCommand<>(new Command<>(CommandType.SET, new StatusOutput<>(CODEC), args));
  }

  @Override
  public CompletionStage<Boolean> ping() {
    RedisClusterAsyncCommands<byte[], byte[]> control = redis.control();
    return control == null
        ? CompletableFuture.failedStage(new NotConnectedException())
        : control.ping().thenApply(pong -> true);
  }

  @Override
  public CompletionStage<Overview> overview(int limit) {
    RedisClusterAsyncCommands<byte[], byte[]> control = redis.control();
    return control == null
        ? CompletableFuture.failedStage(new NotConnectedException())
        : new RedisWalk(control, entries.pattern()).look(limit);
  }

  /** Tells the other gateways, too, what they know no more. */
  @Override
  public CompletionStage<Integer> clear() {
    RedisClusterAsyncCommands<byte[], byte[]> control = redis.control();
    if (control == null) {
      return CompletableFuture.failedStage(new NotConnectedException());
    }
    return new RedisWalk(control, entries.pattern())
        .clear()
        .thenCompose(
            cleared ->
                control
                    .publish(clearedChannel().getBytes(UTF_8), NO_MESSAGE)
                    .handle((heard, error) -> cleared))
        .whenComplete(
            (cleared, error) -> {
              if (error != null) {
                redis.failed("SCAN, MGET, UNLINK", error);
              }
            });
  }

  /** Where it is told that conversations were cleared. */
  public String clearedChannel() {
    return entries.cleared();
  }
}
