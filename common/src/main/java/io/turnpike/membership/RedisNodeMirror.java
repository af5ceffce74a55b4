package io.turnpike.membership;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The registry's table in Redis under {@value #KEY}, as {@link NodeCodec#writeTable} writes it, so
 * that a gateway can start while the registry is down and a registry restart forgets nothing. Safe
 * for use by many threads; connects when first used and again after a failure.
 */
public final class RedisNodeMirror implements AutoCloseable {

  /** The one key. */
  public static final String KEY = "turnpike:nodes";

  private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(500);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final int MAX_QUEUED_COMMANDS = 16;

  private final RedisClient client;
  private final RedisURI uri;

  /** Guarded by this. */
  private @Nullable StatefulRedisConnection<String, String> connection;

  /** A mirror at a Redis URI, for example {@code redis://127.0.0.1:6379}. */
  public RedisNodeMirror(String redisUri) {
    uri = RedisURI.create(redisUri);
    client = RedisClient.create();
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(MAX_QUEUED_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
            .timeoutOptions(TimeoutOptions.enabled(COMMAND_TIMEOUT))
            .build());
  }

  /** The text last written, or empty if there is none; an error if Redis did not answer. */
  public Mono<Optional<String>> read() {
    return connected()
        .flatMap(c -> c.reactive().get(KEY).map(Optional::of).defaultIfEmpty(Optional.empty()))
        .timeout(CONNECT_TIMEOUT.plus(COMMAND_TIMEOUT));
  }

  /** Replaces the text; an error if Redis did not answer. */
  public Mono<Void> write(String text) {
    return connected()
        .flatMap(c -> c.reactive().set(KEY, text))
        .timeout(CONNECT_TIMEOUT.plus(COMMAND_TIMEOUT))
        .then();
  }

  private Mono<StatefulRedisConnection<String, String>> connected() {
    return Mono.defer(
        () -> {
          synchronized (this) {
            if (connection != null) {
              return Mono.just(connection);
            }
          }
          return Mono.fromCompletionStage(() -> client.connectAsync(StringCodec.UTF8, uri))
              .map(this::keep);
        });
  }

  private synchronized StatefulRedisConnection<String, String> keep(
      StatefulRedisConnection<String, String> made) {
    if (connection != null) {
      CompletableFuture<Void> _ = made.closeAsync();
      return connection;
    }
    connection = made;
    return made;
  }

  @Override
  public void close() {
    CompletableFuture<Void> _ = client.shutdownAsync();
  }
}
