package io.turnpike.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.SetArgs;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A single word that replicas of a service agree on: the one that was said last. Redis keeps it, as
 * {@code word version}, and tells it to all at once; who missed that finds it when he looks. A
 * version is the time it was said at in milliseconds, and later than the one before in any case, so
 * that a word which a failover lost is known to be older and is put back. Thread-safe.
 */
public final class SharedWord {

  /** Of a look, which comes again soon. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Of each step of saying it: somebody waits for that, and would only try again. */
  private static final Duration SAYING = Duration.ofSeconds(2);

  /** How long a word is kept that nobody looks for any more. */
  private static final Duration KEPT = Duration.ofDays(30);

  /** How often who looks makes it be kept longer. */
  private static final Duration PROLONGED_EVERY = Duration.ofHours(1);

  private final @Nullable RedisLink redis;
  private final String name;
  private final InstantSource clock;
  private final AtomicLong seen = new AtomicLong();
  private volatile Instant prolonged = Instant.EPOCH;

  /**
   * @param redis where the word is; null: nothing is shared
   * @param name under which it is kept and told
   */
  SharedWord(@Nullable RedisLink redis, String name, InstantSource clock) {
    this.redis = redis;
    this.name = name;
    this.clock = clock;
  }

  private record Said(String word, long version) {
    static Said parse(String text) {
      int blank = text.indexOf(' ');
      try {
        return blank < 0
            ? new Said(text, 0)
            : new Said(text.substring(0, blank), Long.parseLong(text.substring(blank + 1)));
      } catch (NumberFormatException odd) {
        return new Said(text.substring(0, blank), 0);
      }
    }

    byte[] text() {
      return bytes(word + " " + version);
    }
  }

  /**
   * Says it to all. An error if that could not be written: then it is not said. Redis is asked
   * before it is told, because one that hangs would take the word when it goes on.
   */
  public Mono<Void> say(String word) {
    if (redis == null) {
      return Mono.empty();
    }
    return redis
        .ask(all -> all.get(bytes(name)), SAYING)
        .map(text -> Said.parse(new String(text, UTF_8)))
        .defaultIfEmpty(new Said("", 0))
        .flatMap(before -> write(redis, next(word, before)));
  }

  private Said next(String word, Said before) {
    return new Said(word, Math.max(clock.millis(), 1 + Math.max(before.version(), seen.get())));
  }

  private Mono<Void> write(RedisLink all, Said said) {
    return all.ask(redis -> redis.set(bytes(name), said.text(), SetArgs.Builder.px(KEPT)), SAYING)
        .doOnNext(done -> isNewer(said))
        .then(all.ask(redis -> redis.publish(bytes(name), said.text()), SAYING).onErrorComplete())
        .then();
  }

  /** Hears every new word at once, as far as Redis can be reached. */
  public void listen(Consumer<String> heard) {
    if (redis != null) {
      redis.listen(
          name,
          text -> {
            Said said = Said.parse(text);
            if (isNewer(said)) {
              heard.accept(said.word());
            }
          });
    }
  }

  private boolean isNewer(Said said) {
    return seen.getAndAccumulate(said.version(), Math::max) < said.version();
  }

  /**
   * The word all agreed on; if there is none, or only one older than what is known here, this one
   * becomes it. Empty while Redis is away. Never fails.
   */
  public Mono<String> look(String mine) {
    RedisLink all = redis;
    return all == null
        ? Mono.empty()
        : all.ask(redis -> redis.get(bytes(name)), PATIENCE)
            .map(text -> Said.parse(new String(text, UTF_8)))
            .flatMap(said -> said.version() < seen.get() ? put(all, mine) : taken(all, said))
            .switchIfEmpty(Mono.defer(() -> put(all, mine)))
            .onErrorComplete();
  }

  private Mono<String> put(RedisLink all, String mine) {
    Said again = new Said(mine, seen.get());
    return all.ask(
            redis -> redis.set(bytes(name), again.text(), SetArgs.Builder.px(KEPT)), PATIENCE)
        .thenReturn(mine);
  }

  private Mono<String> taken(RedisLink all, Said said) {
    isNewer(said);
    Instant now = clock.instant();
    if (prolonged.plus(PROLONGED_EVERY).isAfter(now)) {
      return Mono.just(said.word());
    }
    prolonged = now;
    return all.ask(redis -> redis.pexpire(bytes(name), KEPT), PATIENCE).thenReturn(said.word());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
