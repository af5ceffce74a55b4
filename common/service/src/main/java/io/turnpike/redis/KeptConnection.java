package io.turnpike.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is made again whenever it is gone, the first time too. Lettuce would bring an
 * established one back by itself, but not the first, and it would say nothing of a password that is
 * refused; so there is one way for both. Commands under way when a connection goes fail with it. A
 * connection to a cluster is many, which Lettuce brings back; here it is only made.
 *
 * <p>Every second it is asked for a sign of life: a Redis that hangs, or that is behind a broken
 * wire, would otherwise hold the connection until TCP gives up, while another one is master long
 * since.
 *
 * <p>A connection of an event loop writes what its loop has gathered in one iteration with one
 * system call; one without a loop writes at once. Thread-safe.
 */
final class KeptConnection {

  /** How many seconds without an answer make a connection worth nothing. */
  static final int SILENT_SECONDS = 2;

  private static final Duration RETRY_DELAY = Duration.ofMillis(500);

  private final RedisConnector connector;
  private final @Nullable EventLoop loop;
  private final Use use;
  private final RedisTroubles troubles;
  private final EventExecutor executor;
  private final CompletableFuture<@Nullable Void> tried = new CompletableFuture<>();
  private final AtomicReference<@Nullable StatefulConnection<byte[], byte[]>> current =
      new AtomicReference<>();
  private final AtomicBoolean flushing = new AtomicBoolean();
  private volatile boolean closed;
  private volatile boolean silent;
  private @Nullable Future<?> watch;

  /** Of the executor alone. */
  private @Nullable AsyncCommand<byte[], byte[], String> sign;

  /**
   * What a connection is for.
   *
   * @param connect makes one
   * @param watched whether it can be asked for a sign of life
   * @param kept hears of each new one, once it stands
   */
  record Use(
      Function<RedisConnector, CompletionStage<StatefulConnection<byte[], byte[]>>> connect,
      boolean watched,
      Consumer<StatefulConnection<byte[], byte[]>> kept) {

    /** Commands and their answers. */
    static final Use COMMANDS = commands(_ -> {});

    static Use commands(Consumer<StatefulConnection<byte[], byte[]>> kept) {
      return new Use(RedisConnector::connect, true, kept);
    }

    /** Messages; who is subscribed is told nothing of a connection that hangs. */
    static Use messages(Consumer<StatefulConnection<byte[], byte[]>> kept) {
      return new Use(RedisConnector::connectForMessages, false, kept);
    }
  }

  /**
   * @param loop whose iterations share a flush; null: every command is flushed
   */
  KeptConnection(
      RedisConnector connector, @Nullable EventLoop loop, Use use, RedisTroubles troubles) {
    this.connector = connector;
    this.loop = loop;
    this.use = use;
    this.troubles = troubles;
    this.executor = loop != null ? loop : connector.resources().eventExecutorGroup().next();
  }

  /** Begins to connect, and to watch. */
  void start() {
    if (use.watched()) {
      watch = executor.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }
    connect();
  }

  private void connect() {
    if (!closed) {
      use.connect().apply(connector).whenComplete(this::ended);
    }
  }

  /** Ends with the first try to connect, whatever came of it. */
  CompletableFuture<@Nullable Void> tried() {
    return tried;
  }

  @Nullable StatefulConnection<byte[], byte[]> current() {
    return current.get();
  }

  /** Whether it stands and is answered. */
  boolean isConnected() {
    return current.get() != null && !silent;
  }

  boolean isHere() {
    return loop != null && loop.inEventLoop();
  }

  /** Writes commands; they fail at once if there is no connection. */
  void write(List<? extends RedisCommand<byte[], byte[], ?>> commands) {
    StatefulConnection<byte[], byte[]> connection = current.get();
    if (connection == null) {
      commands.forEach(command -> command.completeExceptionally(new NotConnectedException()));
    } else if (connector.isCluster()) {
      writeEach(connection, commands);
    } else {
      connection.dispatch(commands);
      if (loop != null && !flushing.getAndSet(true)) {
        loop.execute(this::flush);
      }
    }
  }

  /** One by one: for several at once Lettuce waits until each node's connection stands. */
  private static void writeEach(
      StatefulConnection<byte[], byte[]> connection,
      List<? extends RedisCommand<byte[], byte[], ?>> commands) {
    for (RedisCommand<byte[], byte[], ?> command : commands) {
      try {
        connection.dispatch(command);
      } catch (RuntimeException wrong) {
        command.completeExceptionally(wrong);
      }
    }
  }

  private void flush() {
    flushing.set(false);
    StatefulConnection<byte[], byte[]> connection = current.get();
    if (connection != null) {
      connection.flushCommands();
    }
  }

  private void ended(
      @Nullable StatefulConnection<byte[], byte[]> connected, @Nullable Throwable error) {
    if (connected != null) {
      keep(connected);
    } else if (!closed) {
      troubles.failed(this, error == null ? new NotConnectedException() : error);
      connectLater();
    }
    tried.complete(null);
  }

  private void keep(StatefulConnection<byte[], byte[]> connected) {
    if (!connector.isCluster()) {
      connected.setAutoFlushCommands(loop == null);
      connected.addListener(
          new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
              lost(connected);
            }
          });
    }
    silent = false;
    current.set(connected);
    troubles.over(this);
    if (connected.isOpen()) {
      use.kept().accept(connected);
    } else {
      lost(connected);
    }
  }

  private void lost(StatefulConnection<byte[], byte[]> gone) {
    if (!connector.isCluster() && current.compareAndSet(gone, null) && !closed) {
      var _ = gone.closeAsync();
      connectLater();
    }
  }

  /** Gives the connection up for a new one: whom it leads to is not the one that is wanted. */
  void renew() {
    StatefulConnection<byte[], byte[]> connection = current.get();
    if (connection != null) {
      lost(connection);
    }
  }

  private void connectLater() {
    var _ =
        connector
            .resources()
            .eventExecutorGroup()
            .schedule(this::connect, RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Once a second: was the last sign of life answered? (With its connection it fails, too.) */
  private void look() {
    StatefulConnection<byte[], byte[]> connection = current.get();
    if (connection == null) {
      return;
    }
    AsyncCommand<byte[], byte[], String> before = sign;
    if (before == null || before.isDone()) {
      ask();
    } else if (!silent) {
      silent = true; // one second more
    } else {
      troubles.failed(this, new RedisException("no answer for " + SILENT_SECONDS + " s"));
      lost(connection);
    }
  }

  private void ask() {
    AsyncCommand<byte[], byte[], String> ping =
        new AsyncCommand<>(
            new Command<>(CommandType.PING, new StatusOutput<>(ByteArrayCodec.INSTANCE)));
    sign = ping;
    var _ = ping.whenComplete((pong, error) -> answered(error));
    write(List.of(ping));
  }

  /** An error is an answer too, unless it is a cluster's that cannot be reached. */
  private void answered(@Nullable Throwable error) {
    if (error == null) {
      silent = false;
      troubles.over(this);
    } else if (connector.isCluster() && !closed) {
      silent = true;
      troubles.failed(this, error);
    }
  }

  /** Closes the connection, and all others of its connector. */
  CompletableFuture<?> close() {
    end();
    return connector.close();
  }

  /** Brings the connection back no more. */
  void end() {
    closed = true;
    Future<?> watching = watch;
    if (watching != null) {
      watching.cancel(false);
    }
    troubles.forget(this);
  }
}
