package io.turnpike.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is made again whenever it is gone, the first time too. Lettuce would bring an
 * established one back by itself, but not the first, and it would say nothing of a password that is
 * refused; so there is one way for both. Commands under way when a connection goes fail with it.
 *
 * <p>A connection of an event loop writes what its loop has gathered in one iteration with one
 * system call; one without a loop writes at once. Thread-safe.
 */
final class KeptConnection {

  private static final Duration RETRY_DELAY = Duration.ofMillis(500);

  private final RedisClient client;
  private final RedisURI uri;
  private final @Nullable EventLoop loop;
  private final RedisTroubles troubles;
  private final CompletableFuture<@Nullable Void> tried = new CompletableFuture<>();
  private final AtomicReference<@Nullable StatefulRedisConnection<byte[], byte[]>> current =
      new AtomicReference<>();
  private final AtomicBoolean flushing = new AtomicBoolean();
  private volatile boolean closed;

  /**
   * @param loop whose iterations share a flush; null: every command is flushed
   */
  KeptConnection(
      RedisClient client, RedisURI uri, @Nullable EventLoop loop, RedisTroubles troubles) {
    this.client = client;
    this.uri = uri;
    this.loop = loop;
    this.troubles = troubles;
  }

  void connect() {
    if (closed) {
      return;
    }
    var _ = client.connectAsync(ByteArrayCodec.INSTANCE, uri).whenComplete(this::ended);
  }

  /** Ends with the first try to connect, whatever came of it. */
  CompletableFuture<@Nullable Void> tried() {
    return tried;
  }

  @Nullable StatefulRedisConnection<byte[], byte[]> current() {
    return current.get();
  }

  boolean isHere() {
    return loop != null && loop.inEventLoop();
  }

  /** Writes commands; they fail at once if there is no connection. */
  void write(List<? extends RedisCommand<byte[], byte[], ?>> commands) {
    StatefulRedisConnection<byte[], byte[]> connection = current.get();
    if (connection == null) {
      commands.forEach(command -> command.completeExceptionally(new NotConnectedException()));
      return;
    }
    connection.dispatch(commands);
    if (loop != null && !flushing.getAndSet(true)) {
      loop.execute(this::flush);
    }
  }

  private void flush() {
    flushing.set(false);
    StatefulRedisConnection<byte[], byte[]> connection = current.get();
    if (connection != null) {
      connection.flushCommands();
    }
  }

  private void ended(
      @Nullable StatefulRedisConnection<byte[], byte[]> connected, @Nullable Throwable error) {
    if (connected != null) {
      keep(connected);
    } else if (!closed) {
      troubles.failed(error == null ? new NotConnectedException() : error);
      connectLater();
    }
    tried.complete(null);
  }

  private void keep(StatefulRedisConnection<byte[], byte[]> connected) {
    connected.setAutoFlushCommands(loop == null);
    connected.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            lost(connected);
          }
        });
    current.set(connected);
    troubles.over();
    if (!connected.isOpen()) {
      lost(connected);
    }
  }

  private void lost(StatefulRedisConnection<byte[], byte[]> gone) {
    if (current.compareAndSet(gone, null) && !closed) {
      var _ = gone.closeAsync();
      connectLater();
    }
  }

  private void connectLater() {
    var _ =
        client
            .getResources()
            .eventExecutorGroup()
            .schedule(this::connect, RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Closes the connection, then what its client holds. */
  CompletableFuture<?> close() {
    closed = true;
    return client.shutdownAsync(0, 1, TimeUnit.SECONDS);
  }

  ClientResources resources() {
    return client.getResources();
  }
}
