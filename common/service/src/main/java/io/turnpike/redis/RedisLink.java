package io.turnpike.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One connection to Redis that comes back by itself, the first time too. While it is gone commands
 * fail at once, and no more than {@value #MAX_COMMANDS_UNDER_WAY} are ever under way, so nothing
 * piles up behind a Redis that hangs. Thread-safe; all use of it is asynchronous.
 */
public final class RedisLink implements AutoCloseable {

  /** How many commands may wait for an answer. */
  public static final int MAX_COMMANDS_UNDER_WAY = 8_192;

  private static final Duration RETRY_DELAY = Duration.ofMillis(500);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;
  private final CompletableFuture<@Nullable Void> tried = new CompletableFuture<>();
  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;
  private volatile boolean closed;

  /**
   * Starts to connect; does not wait for it.
   *
   * @param url {@code redis://host:port}
   * @throws IllegalArgumentException if the URL is not one
   */
  public RedisLink(String url) {
    this.uri = RedisURI.create(url);
    this.resources =
        ClientResources.builder()
            .reconnectDelay(Delay.constant(RETRY_DELAY))
            .ioThreadPoolSize(1)
            .computationThreadPoolSize(1)
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(true)
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(MAX_COMMANDS_UNDER_WAY)
            .socketOptions(
                SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build())
            .build());
    connect();
  }

  /** Lettuce brings an established connection back, but the first one is ours to repeat. */
  private void connect() {
    var _ =
        client
            .connectAsync(ByteArrayCodec.INSTANCE, uri)
            .whenComplete(
                (connected, error) -> {
                  if (error == null) {
                    connection = connected;
                  } else if (!closed) {
                    var _ =
                        resources
                            .eventExecutorGroup()
                            .schedule(this::connect, RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS);
                  }
                  tried.complete(null);
                });
  }

  /** The connection; null until it stood for the first time. */
  public @Nullable StatefulRedisConnection<byte[], byte[]> connection() {
    return connection;
  }

  /**
   * Asks Redis something, within a time; for control calls. Waits for the end of the first try to
   * connect, so that a service can ask at its start. An error if Redis cannot be reached or the
   * time is over; empty if the answer is.
   */
  public <T> Mono<T> ask(
      Function<RedisReactiveCommands<byte[], byte[]>, Mono<T>> question, Duration patience) {
    return Mono.fromFuture(tried, true)
        .then(
            Mono.defer(
                () -> {
                  StatefulRedisConnection<byte[], byte[]> current = connection;
                  return current == null
                      ? Mono.error(new NotConnectedException())
                      : question.apply(current.reactive());
                }))
        .timeout(patience);
  }

  @Override
  public void close() {
    closed = true;
    // One after the other: the client's last words need the threads that the resources own.
    var _ =
        client
            .shutdownAsync(0, 1, TimeUnit.SECONDS)
            .whenComplete(
                (done, error) -> {
                  var _ = resources.shutdown(0, 1, TimeUnit.SECONDS);
                });
  }
}
