package io.turnpike.proxy;

import io.turnpike.error.ApiError;
import io.turnpike.gateway.SharedState;
import io.turnpike.gateway.SharedWord;
import io.turnpike.gateway.TurnRouting;
import io.turnpike.routing.Mode;
import io.turnpike.routing.RoutingPolicy;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The mode that turns are routed by, the same on all replicas: Redis holds it and tells it to them,
 * and each one looks every {@code turnpike.proxy.mode-interval} for what it did not hear. Without
 * Redis a replica keeps the last mode it knew, and puts it back into a Redis that came back empty
 * or with an older one. Thread-safe.
 */
final class ModeSwitch implements TurnRouting {

  private static final Logger LOG = LoggerFactory.getLogger(ModeSwitch.class);

  private final Map<Mode, Choice> choices = new EnumMap<>(Mode.class);
  private final SharedWord shared;
  private final boolean overridable;
  private volatile Mode mode;

  ModeSwitch(
      SharedState shared,
      Mode initial,
      boolean overridable,
      Function<Mode, RoutingPolicy> policies) {
    for (Mode each : Mode.values()) {
      Recognise when = each == Mode.PD ? Recognise.MEANWHILE : Recognise.FIRST;
      choices.put(each, new Choice(each.word(), policies.apply(each), when));
    }
    this.shared = shared.word("mode");
    this.mode = initial;
    this.overridable = overridable;
    this.shared.listen(this::takeWord);
  }

  Mode mode() {
    return mode;
  }

  /** Switches all replicas, or none: an error that says so. Emits the mode before. */
  Mono<Mode> switchTo(Mode next) {
    Mode previous = mode;
    return shared
        .say(next.word())
        .onErrorMap(
            away ->
                ApiError.sharedStateAway("mode: not switched, because Redis does not take it")
                    .toException())
        .then(
            Mono.fromSupplier(
                () -> {
                  take(next);
                  return previous;
                }));
  }

  /** Looks what the others agreed on. Never fails. */
  Mono<Void> refresh() {
    return shared.look(mode.word()).doOnNext(this::takeWord).then();
  }

  private void takeWord(String word) {
    Mode.of(word).ifPresent(this::take);
  }

  private void take(Mode next) {
    if (mode != next) {
      LOG.atInfo().addKeyValue("from", mode.word()).addKeyValue("to", next.word()).log("mode");
      mode = next;
    }
  }

  @Override
  public Choice choose(@Nullable String wish) {
    Mode chosen = wish == null ? mode : wished(wish);
    return Objects.requireNonNull(choices.get(chosen));
  }

  private Mode wished(String wish) {
    if (!overridable) {
      throw ApiError.invalidField(
              "X-Turnpike-Mode",
              "\"" + wish + "\"",
              "no such header: turnpike.proxy.mode-override is off")
          .toException();
    }
    return Mode.of(wish)
        .orElseThrow(
            () ->
                ApiError.invalidField("X-Turnpike-Mode", "\"" + wish + "\"", Mode.words())
                    .toException());
  }
}
