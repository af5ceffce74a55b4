package io.turnpike.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.turnpike.redis.KeptConnection.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;

/**
 * A service's way to Redis, which comes back by itself, the first time too: to one server, to the
 * master that Sentinels know, or to a cluster, as Spring Data is configured. While it is gone
 * commands fail at once, and no more than {@value #MAX_COMMANDS_UNDER_WAY} are ever under way on a
 * connection, so nothing piles up behind a Redis that hangs. Thread-safe; all use of it is
 * asynchronous.
 *
 * <p>There is one connection for control calls. A gateway has one more on each of its event loops:
 * what a turn asks is sent and answered on the turn's own thread. One connection for all loops was
 * rejected, because every question from another loop then costs two wake-ups; Spring's templates
 * were, because they share one.
 */
public final class RedisLink implements AutoCloseable {

  /** How many commands of a connection may wait for an answer. */
  public static final int MAX_COMMANDS_UNDER_WAY = 8_192;

  /** How the error begins by which a replica refuses to write. */
  private static final String ONLY_A_REPLICA = "READONLY";

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final RedisTroubles troubles;
  private final @Nullable ClientResources owned;
  private final LoopChannels channels;
  private final KeptConnection control;
  private final RedisNews news;
  private final List<KeptConnection> ofLoops = new ArrayList<>();
  private final boolean cluster;
  private final boolean watched;

  /**
   * Starts to connect, on a thread of its own; does not wait for it.
   *
   * @param configured where Redis is, and how to get in; it is not connected by this
   */
  public RedisLink(LettuceConnectionFactory configured) {
    this(configured, List.of());
  }

  /**
   * Starts to connect, on each of these event loops; does not wait for it. If their transport is
   * not the one that Lettuce chose, threads of its own serve instead.
   *
   * @param configured where Redis is, and how to get in; it is not connected by this
   * @param loops stay their owner's, who ends them after this link
   */
  public RedisLink(LettuceConnectionFactory configured, EventLoopGroup loops) {
    this(configured, usable(loops));
  }

  private RedisLink(LettuceConnectionFactory configured, List<EventLoop> loops) {
    troubles = new RedisTroubles(RedisName.of(configured), System::nanoTime);
    cluster = configured.isClusterAware();
    watched = configured.isRedisSentinelAware();
    ClientResources given = configured.getClientResources();
    ClientResources resources = given == null ? ownResources() : given;
    owned = given == null ? resources : null;
    channels = new LoopChannels(resources.nettyCustomizer());
    for (EventLoop loop : loops) {
      RedisConnector connector = new RedisConnector(configured, ofTurns(resources, loop));
      ofLoops.add(new KeptConnection(connector, loop, Use.COMMANDS, troubles));
    }
    ClientResources forControl =
        loops.isEmpty() ? resources : on(resources, loops.getFirst()).build();
    RedisConnector connector = new RedisConnector(configured, forControl);
    news = new RedisNews(connector, troubles);
    AtomicBoolean again = new AtomicBoolean();
    Use use =
        Use.commands(
            _ -> {
              if (again.getAndSet(true)) {
                news.listenAgain();
              }
            });
    control = new KeptConnection(connector, null, use, troubles);
    all().forEach(KeptConnection::start);
  }

  private static ClientResources ownResources() {
    DefaultClientResources.Builder builder = DefaultClientResources.builder();
    RedisResources.customize(builder);
    return builder.build();
  }

  private static List<EventLoop> usable(EventLoopGroup group) {
    boolean nio = Transports.socketChannelClass() == NioSocketChannel.class;
    List<EventLoop> loops = new ArrayList<>();
    for (EventExecutor one : group) {
      if (!(one instanceof IoEventLoop loop) || loop.isIoType(NioIoHandler.class) != nio) {
        log.info("Redis is asked on threads of its own: its client wants another transport");
        return List.of();
      }
      loops.add(loop);
    }
    return loops;
  }

  /** Commands of turns are not timed one by one: that would cost as much as writing them. */
  private ClientResources ofTurns(ClientResources resources, EventLoop loop) {
    return on(resources, loop).commandLatencyRecorder(CommandLatencyRecorder.disabled()).build();
  }

  private ClientResources.Builder on(ClientResources resources, EventLoop loop) {
    return resources
        .mutate()
        .eventLoopGroupProvider(new BorrowedLoop(loop))
        .nettyCustomizer(channels);
  }

  private List<KeptConnection> all() {
    List<KeptConnection> all = new ArrayList<>(ofLoops);
    all.add(control);
    return all;
  }

  /** Whether keys lie on several servers, so that one command takes only keys of one slot. */
  public boolean isCluster() {
    return cluster;
  }

  /** The commands of control calls, on one connection; null while there is none. */
  public @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
    return switch (control.current()) {
      case StatefulRedisConnection<byte[], byte[]> one -> one.async();
      case StatefulRedisClusterConnection<byte[], byte[]> many -> many.async();
      case null, default -> null;
    };
  }

  private @Nullable RedisClusterReactiveCommands<byte[], byte[]> questions() {
    StatefulConnection<byte[], byte[]> current = control.current();
    return switch (current) {
      case StatefulRedisConnection<byte[], byte[]> one -> one.reactive();
      case StatefulRedisClusterConnection<byte[], byte[]> many -> many.reactive();
      case null, default -> null;
    };
  }

  /** Whether every connection stands and is answered at this moment; for metrics. */
  public boolean isConnected() {
    return all().stream().allMatch(KeptConnection::isConnected);
  }

  /**
   * Writes commands, on the calling event loop's own connection if it has one. What a loop writes
   * in one of its iterations goes out together. Commands fail at once while Redis is away.
   */
  public void write(List<? extends RedisCommand<byte[], byte[], ?>> commands) {
    for (KeptConnection one : ofLoops) {
      if (one.isHere()) {
        one.write(commands);
        return;
      }
    }
    control.write(commands);
  }

  /**
   * Asks Redis something, within a time; for control calls. Waits for the end of the first try to
   * connect, so that a service can ask at its start. An error if Redis cannot be reached, refuses,
   * or the time is over; empty if the answer is.
   */
  public <T> Mono<T> ask(
      Function<RedisClusterReactiveCommands<byte[], byte[]>, Mono<T>> question, Duration patience) {
    return Mono.fromFuture(control.tried(), true)
        .then(
            Mono.defer(
                () -> {
                  RedisClusterReactiveCommands<byte[], byte[]> current = questions();
                  return current == null
                      ? Mono.error(new NotConnectedException())
                      : question.apply(current);
                }))
        .doOnError(error -> failed("control call", error))
        .timeout(patience);
  }

  /**
   * Says why a command failed, in the log and once a minute: what Redis answered, or that its part
   * of a cluster is away. (That all of it is, is said anyhow.) Who is no master any more is left
   * for the one that the Sentinels know.
   *
   * @param command its name
   */
  public void failed(String command, Throwable error) {
    Throwable inner = error.getCause();
    Throwable cause = error instanceof CompletionException && inner != null ? inner : error;
    boolean refusal = cause instanceof RedisCommandExecutionException;
    if (refusal || (cluster && cause instanceof RedisException)) {
      troubles.refused(command, cause);
    }
    if (watched && refusal && String.valueOf(cause.getMessage()).startsWith(ONLY_A_REPLICA)) {
      all().forEach(KeptConnection::renew);
    }
  }

  /**
   * Hears what is {@code PUBLISH}ed to a channel while there is a connection; what is said in
   * between is lost, so that whoever listens looks for himself now and then.
   *
   * @param heard called on Redis's own thread, or an event loop; must not block
   */
  public void listen(String channel, Consumer<String> heard) {
    news.listen(channel, heard);
  }

  /**
   * Ends every connection, which takes a moment: borrowed loops have to run until then. One after
   * the other, because a client's last words need the threads that the resources own.
   */
  @Override
  public void close() {
    news.close();
    var closed =
        CompletableFuture.allOf(
                all().stream().map(KeptConnection::close).toArray(CompletableFuture[]::new))
            .thenCompose(done -> channels.close())
            .whenComplete(
                (done, error) -> {
                  if (owned != null) {
                    var _ = owned.shutdown(0, 1, TimeUnit.SECONDS);
                  }
                });
    closed.completeOnTimeout(null, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
  }
}
