package io.turnpike.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.turnpike.redis.KeptConnection.Use;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What services tell each other through Redis at this moment. It has a connection of its own, made
 * when somebody listens, and made anew whenever control calls get a new one: both hang together. It
 * is closed with theirs. Thread-safe.
 */
final class RedisNews {

  private final RedisConnector connector;
  private final RedisTroubles troubles;
  private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
  private @Nullable KeptConnection connection;

  RedisNews(RedisConnector connector, RedisTroubles troubles) {
    this.connector = connector;
    this.troubles = troubles;
  }

  synchronized void listen(String channel, Consumer<String> heard) {
    listeners.put(channel, heard);
    KeptConnection known = connection;
    if (known == null) {
      connection = new KeptConnection(connector, null, Use.messages(this::begin), troubles);
      connection.start();
    } else if (known.current() instanceof StatefulRedisPubSubConnection<byte[], byte[]> messages) {
      subscribe(messages, List.of(channel));
    }
  }

  /** Control calls have a connection again; not to be called for their first. */
  synchronized void listenAgain() {
    if (connection != null) {
      connection.renew();
    }
  }

  private void begin(StatefulConnection<byte[], byte[]> connected) {
    if (connected instanceof StatefulRedisPubSubConnection<byte[], byte[]> messages) {
      messages.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] channel, byte[] message) {
              hear(new String(channel, UTF_8), new String(message, UTF_8));
            }
          });
      subscribe(messages, listeners.keySet());
    }
  }

  private void hear(String channel, String message) {
    Consumer<String> heard = listeners.get(channel);
    if (heard != null) {
      heard.accept(message);
    }
  }

  private void subscribe(
      StatefulRedisPubSubConnection<byte[], byte[]> messages, Collection<String> channels) {
    byte[][] names = channels.stream().map(it -> it.getBytes(UTF_8)).toArray(byte[][]::new);
    var _ =
        messages
            .async()
            .subscribe(names)
            .whenComplete(
                (done, refused) -> {
                  if (refused instanceof RedisCommandExecutionException) {
                    troubles.refused("SUBSCRIBE", refused);
                  }
                });
  }

  synchronized void close() {
    if (connection != null) {
      connection.end();
    }
  }
}
