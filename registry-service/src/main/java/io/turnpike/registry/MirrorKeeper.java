package io.turnpike.registry;

import io.turnpike.membership.Change;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.MembershipDriver.Published;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.RedisNodeMirror;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Keeps the table in Redis and takes it back at the start. Redis is optional: while it cannot be
 * reached the registry works on, and writes the whole table when it can again. It writes it now and
 * then without a change too, because Redis may have lost it; and never before it has read what is
 * there, because that may be more than it knows itself.
 */
final class MirrorKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MirrorKeeper.class);
  private static final Duration WRITE_EVERY = Duration.ofMillis(500);
  private static final Duration RESTORE_TIMEOUT = Duration.ofSeconds(3);

  /** Without a change the table is written each so many times. */
  private static final int WRITE_ANYWAY = 10;

  private final RedisLink redis;
  private final RedisNodeMirror mirror;
  private final MembershipDriver driver;
  private final Set<Origin> unvouched;
  private final Consumer<Boolean> written;
  private final AtomicBoolean dirty = new AtomicBoolean();
  private volatile boolean read;
  private Disposable writing = () -> {};

  /**
   * Where the mirror is.
   *
   * @param redis closed with the keeper
   * @param namespace of the mirror
   */
  record Place(RedisLink redis, String namespace) {}

  /**
   * @param unvouched origins whose nodes are not taken back, because nobody would say when they go
   * @param written hears of every write, true if it was done
   */
  MirrorKeeper(
      Place place, MembershipDriver driver, Set<Origin> unvouched, Consumer<Boolean> written) {
    this.redis = place.redis;
    this.mirror = new RedisNodeMirror(place.redis, place.namespace);
    this.driver = driver;
    this.unvouched = Set.copyOf(unvouched);
    this.written = written;
    driver.listen((_, changes) -> note(changes));
  }

  /** Takes back the nodes that a registry before this one wrote down. Waits; for the start. */
  void restore() {
    try {
      readOnce().block(RESTORE_TIMEOUT);
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("Cannot read the mirror, starting without it");
    }
  }

  private Mono<Void> readOnce() {
    return mirror.read().doOnNext(this::take).then();
  }

  private void take(Optional<String> text) {
    int nodes = 0;
    try {
      nodes = text.isEmpty() ? 0 : restore(text.get());
    } catch (IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("The mirror cannot be understood, it is written anew");
    }
    read = true;
    dirty.set(true);
    if (nodes > 0) {
      driver.believe();
    }
    LOG.atInfo().addKeyValue("nodes", nodes).log("Read the mirror");
  }

  private int restore(String text) {
    int restored = 0;
    for (JsonNode json : NodeCodec.array(NodeCodec.parse(text), "nodes")) {
      try {
        Registration registration = NodeCodec.readRegistration(json);
        boolean listed = driver.registrations().containsKey(registration.spec().id());
        // A node that was listed and is not any more left by the operator's will.
        boolean left = registration.origin() == Origin.STATIC && !listed;
        if (!left && !unvouched.contains(registration.origin())) {
          driver.restore(registration, NodeCodec.read(json));
          restored++;
        }
      } catch (IllegalArgumentException e) {
        LOG.atWarn().addKeyValue("reason", e.getMessage()).log("Left out a node of the mirror");
      }
    }
    return restored;
  }

  private void note(List<Change> changes) {
    if (changes.stream().anyMatch(change -> change.kind() != Change.Kind.LOAD)) {
      dirty.set(true);
    }
  }

  /** Begins to write: at most one at a time, soon after a change, again until it is done. */
  void start() {
    writing =
        Flux.interval(WRITE_EVERY)
            .onBackpressureDrop()
            .filter(beat -> dirty.getAndSet(false) || beat % WRITE_ANYWAY == 0)
            .concatMap(_ -> keep(), 1)
            .subscribe();
  }

  private Mono<Void> keep() {
    Mono<Void> first = read ? Mono.empty() : readOnce();
    return first
        .then(Mono.defer(this::write))
        .doOnSuccess(_ -> written.accept(true))
        .onErrorResume(
            _ -> {
              dirty.set(true);
              written.accept(false);
              return Mono.empty();
            });
  }

  private Mono<Void> write() {
    Published published = driver.published();
    String table = NodeCodec.writeTable(published, driver.registrations()).toString();
    return mirror.write(table);
  }

  @Override
  public void close() {
    writing.dispose();
    redis.close();
  }
}
