package io.turnpike.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
                });
  }

  /** The connection; null until it stood for the first time. */
  public @Nullable StatefulRedisConnection<byte[], byte[]> connection() {
    return connection;
  }

  /** Whether Redis is connected at the moment. */
  public boolean isUp() {
    StatefulRedisConnection<byte[], byte[]> current = connection;
    return current != null && current.isOpen();
  }

  @Override
  public void close() {
    closed = true;
    var _ = client.shutdownAsync(0, 1, TimeUnit.SECONDS);
    var _ = resources.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
