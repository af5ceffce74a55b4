package io.turnpike.membership;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.SetArgs;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The registry's table in Redis under {@code turnpike:nodes:} and a namespace, as {@link
 * NodeCodec#writeTable} writes it, so that a gateway can start while the registry is down and a
 * registry restart forgets nothing. Safe for use by many threads.
 */
public final class RedisNodeMirror {

  /** How long a table is worth something that no registry writes any more. */
  private static final Duration KEPT = Duration.ofDays(7);

  /** Longer than the link's first try to connect can take, for the start. */
  private static final Duration PATIENCE = Duration.ofMillis(2_500);

  private final RedisLink redis;
  private final byte[] key;

  /**
   * @param redis shared with others and closed by its owner
   * @param namespace whose table it is, so that two suites may use one Redis
   */
  public RedisNodeMirror(RedisLink redis, String namespace) {
    this.redis = redis;
    this.key = key(namespace).getBytes(UTF_8);
  }

  /** The one key of a namespace. */
  public static String key(String namespace) {
    return "turnpike:nodes:" + namespace;
  }

  /** The text last written, or empty if there is none; an error if Redis did not answer. */
  public Mono<Optional<String>> read() {
    return redis
        .ask(commands -> commands.get(key), PATIENCE)
        .map(text -> Optional.of(new String(text, UTF_8)))
        .defaultIfEmpty(Optional.empty());
  }

  /** Replaces the text, for a week; an error if Redis did not answer. */
  public Mono<Void> write(String text) {
    SetArgs kept = SetArgs.Builder.px(KEPT);
    return redis.ask(commands -> commands.set(key, text.getBytes(UTF_8), kept), PATIENCE).then();
  }
}
