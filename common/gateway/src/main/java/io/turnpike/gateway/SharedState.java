package io.turnpike.gateway;

import io.lettuce.core.SetArgs;
import io.turnpike.redis.RedisLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Single words that replicas of a service agree on. Best effort: while Redis is away nothing is
 * shared, and nothing fails.
 */
public final class SharedState {

  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final @Nullable RedisLink redis;
  private final String namespace;

  /**
   * @param redis where the words are; null: nothing is shared
   * @param namespace whose words they are, so that two clusters may use one Redis
   */
  public SharedState(@Nullable RedisLink redis, String namespace) {
    this.redis = redis;
    this.namespace = namespace;
  }

  /** Sets a word for all. */
  public Mono<Void> put(String key, String word) {
    return redis == null
        ? Mono.empty()
        : redis.ask(all -> all.set(name(key), bytes(word)), PATIENCE).onErrorComplete().then();
  }

  /**
   * The word all agreed on; if there is none yet, this one becomes it. Empty while Redis is away.
   */
  public Mono<String> getOrPut(String key, String word) {
    return redis == null
        ? Mono.empty()
        : redis
            .ask(
                all ->
                    all.get(name(key))
                        .switchIfEmpty(
                            all.set(name(key), bytes(word), SetArgs.Builder.nx())
                                .thenReturn(bytes(word))),
                PATIENCE)
            .map(found -> new String(found, StandardCharsets.UTF_8))
            .onErrorComplete();
  }

  private byte[] name(String key) {
    return bytes("turnpike:" + key + ":" + namespace);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
