package io.turnpike.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A service's way to Redis, which comes back by itself, the first time too. While it is gone
 * commands fail at once, and no more than {@value #MAX_COMMANDS_UNDER_WAY} are ever under way on a
 * connection, so nothing piles up behind a Redis that hangs. Thread-safe; all use of it is
 * asynchronous.
 *
 * <p>There is one connection for control calls. A gateway has one more on each of its event loops:
 * what a turn asks is sent and answered on the turn's own thread. One connection for all loops was
 * rejected, because every question from another loop then costs two wake-ups.
 */
public final class RedisLink implements AutoCloseable {

  /** How many commands of a connection may wait for an answer. */
  public static final int MAX_COMMANDS_UNDER_WAY = 8_192;

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Redis may come back elsewhere, and its name is asked for again by then. */
  private static final int NAME_KEPT_SECONDS = 1;

  private final ClientResources resources;
  private final KeptConnection control;
  private final List<KeptConnection> ofLoops = new ArrayList<>();

  /**
   * Starts to connect, on a thread of its own; does not wait for it.
   *
   * @param url {@code redis://host:port}
   * @throws IllegalArgumentException if the URL is not one
   */
  public RedisLink(String url) {
    this(url, List.of());
  }

  /**
   * Starts to connect, on each of these event loops; does not wait for it. If their transport is
   * not the one that Lettuce chose, threads of its own serve instead.
   *
   * @param url {@code redis://host:port}
   * @param loops stay their owner's, who ends them after this link
   * @throws IllegalArgumentException if the URL is not one
   */
  public RedisLink(String url, EventLoopGroup loops) {
    this(url, usable(loops));
  }

  private RedisLink(String url, List<EventLoop> loops) {
    RedisURI uri = RedisUrl.parse(url);
    uri.setTimeout(CONNECT_TIMEOUT);
    RedisTroubles troubles = new RedisTroubles(uri, System::nanoTime);
    resources =
        ClientResources.builder()
            .ioThreadPoolSize(1)
            .computationThreadPoolSize(1)
            .addressResolverGroup(names())
            .build();
    for (EventLoop loop : loops) {
      ofLoops.add(new KeptConnection(client(on(loop)), uri, loop, troubles));
    }
    ClientResources forControl = loops.isEmpty() ? resources : on(loops.getFirst());
    control = new KeptConnection(client(forControl), uri, null, troubles);
    all().forEach(KeptConnection::connect);
  }

  /** As Lettuce's own, which would keep an address for as long as its DNS server says. */
  private static AddressResolverGroup<?> names() {
    return new DnsAddressResolverGroup(
        new DnsNameResolverBuilder()
            .ttl(0, NAME_KEPT_SECONDS)
            .datagramChannelType(Transports.datagramChannelClass())
            .socketChannelType(Transports.socketChannelClass().asSubclass(SocketChannel.class)));
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

  private ClientResources on(EventLoop loop) {
    return resources.mutate().eventLoopGroupProvider(new BorrowedLoop(loop)).build();
  }

  private static RedisClient client(ClientResources resources) {
    RedisClient client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(MAX_COMMANDS_UNDER_WAY)
            .socketOptions(
                SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build())
            .build());
    return client;
  }

  private List<KeptConnection> all() {
    List<KeptConnection> all = new ArrayList<>(ofLoops);
    all.add(control);
    return all;
  }

  /** The connection for control calls; null while there is none. */
  public @Nullable StatefulRedisConnection<byte[], byte[]> connection() {
    return control.current();
  }

  /** Whether every connection stands at this moment; for metrics. */
  public boolean isConnected() {
    return all().stream().allMatch(one -> one.current() != null);
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
   * connect, so that a service can ask at its start. An error if Redis cannot be reached or the
   * time is over; empty if the answer is.
   */
  public <T> Mono<T> ask(
      Function<RedisReactiveCommands<byte[], byte[]>, Mono<T>> question, Duration patience) {
    return Mono.fromFuture(control.tried(), true)
        .then(
            Mono.defer(
                () -> {
                  StatefulRedisConnection<byte[], byte[]> current = control.current();
                  return current == null
                      ? Mono.error(new NotConnectedException())
                      : question.apply(current.reactive());
                }))
        .timeout(patience);
  }

  /**
   * Ends every connection, which takes a moment: borrowed loops have to run until then. One after
   * the other, because a client's last words need the threads that the resources own.
   */
  @Override
  public void close() {
    List<KeptConnection> all = all();
    var closed =
        CompletableFuture.allOf(
                all.stream().map(KeptConnection::close).toArray(CompletableFuture[]::new))
            .whenComplete(
                (done, error) -> {
                  all.forEach(one -> end(one.resources()));
                  end(resources);
                });
    closed.completeOnTimeout(null, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private static void end(ClientResources resources) {
    var _ = resources.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
