package io.turnpike.registry.peer;

import io.turnpike.membership.EngineHttp;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.PeerWord;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks the other registries what they know, and says what this one knows. Registries that know of
 * each other agree within a second on who is registered, drained and removed, whomever an engine or
 * an operator told; each asks the engines itself. None of them leads, so none has to be waited for.
 * A shared table in Redis was rejected: Redis is optional, and a registry must not need it.
 * Thread-safe.
 */
public final class PeerExchange implements AutoCloseable {

  /** Where a registry says what it knows. */
  public static final String PATH = "/v1/registrations";

  private static final Logger LOG = LoggerFactory.getLogger(PeerExchange.class);
  private static final Duration ASK_EVERY = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MAX_WORD_BYTES = 16 << 20;

  private final String self = "registry-" + UUID.randomUUID();
  private final List<URI> others;
  private final MembershipDriver driver;
  private final InstantSource time;
  private final EngineHttp http = new EngineHttp(null);
  private final Map<URI, State> states = new ConcurrentHashMap<>();
  private final Disposable.Composite asking = Disposables.composite();

  private enum State {
    ANSWERING,
    SILENT,
    /** It is this registry itself. */
    SELF
  }

  /**
   * @param others where the others are; this registry's own address may stand among them
   */
  public PeerExchange(List<URI> others, MembershipDriver driver) {
    this.others = List.copyOf(others);
    this.driver = driver;
    this.time = driver.time();
  }

  /** Asks all once and waits for it, then again and again. */
  public void start() {
    Flux.fromIterable(others).flatMap(this::ask).blockLast(PATIENCE.multipliedBy(2));
    for (URI other : others) {
      asking.add(
          Flux.interval(ASK_EVERY).onBackpressureDrop().concatMap(_ -> ask(other), 1).subscribe());
    }
  }

  /** What this registry tells others. */
  public ObjectNode word() {
    return PeerCodec.write(driver.word(self), time.instant());
  }

  /** How many others answer. */
  public int answering() {
    return count(State.ANSWERING);
  }

  /** How many others do not. */
  public int silent() {
    return count(State.SILENT);
  }

  private int count(State state) {
    return (int) states.values().stream().filter(it -> it == state).count();
  }

  private Mono<Void> ask(URI other) {
    if (states.get(other) == State.SELF) {
      return Mono.empty();
    }
    return http.get(other, PATH, MAX_WORD_BYTES)
        .timeout(PATIENCE)
        .doOnNext(answer -> take(other, answer))
        .doOnError(fault -> is(other, State.SILENT, String.valueOf(fault.getMessage())))
        .onErrorComplete()
        .then();
  }

  private void take(URI other, EngineHttp.Answer answer) {
    if (!answer.isOk()) {
      throw new IllegalStateException("it answered " + answer.status());
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    PeerWord word = PeerCodec.read(NodeCodec.parse(text), time.instant());
    if (word.registry().equals(self)) {
      states.put(other, State.SELF);
      return;
    }
    is(other, State.ANSWERING, "");
    driver.hear(word, self);
  }

  private void is(URI other, State now, String why) {
    State before = states.put(other, now);
    if (before == now) {
      return;
    }
    if (now == State.ANSWERING) {
      LOG.atInfo().addKeyValue("registry", other).log("Another registry answers");
    } else {
      LOG.atWarn()
          .addKeyValue("registry", other)
          .addKeyValue("reason", why)
          .log("Another registry does not answer: what it heard last is taken to hold");
    }
  }

  @Override
  public void close() {
    asking.dispose();
    http.close();
  }
}
