package io.turnpike.simulator.http;

import io.turnpike.simulator.wire.ApiError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a fault does to one exchange.
 *
 * @param fault null for none
 */
record Trouble(@Nullable Fault fault) {

  static final Trouble NONE = new Trouble(null);

  boolean resetsAtOnce() {
    return fault != null && fault.kind() == Fault.Kind.REFUSE;
  }

  /** Runs {@code answer}, or what goes wrong before it. */
  Publisher<Void> before(HttpRoutes.Exchange exchange, Supplier<Publisher<Void>> answer) {
    if (fault == null) {
      return answer.get();
    }
    return switch (fault.kind()) {
      case HANG ->
          fault.delay().isZero()
              ? Mono.never()
              : Mono.delay(fault.delay()).then(Mono.defer(() -> Mono.from(answer.get())));
      case STATUS ->
          exchange
              .reply()
              .error(new ApiError(fault.status(), "Fault on command", "InternalServerError", null));
      case SLOW -> Mono.delay(fault.delay()).then(Mono.defer(() -> Mono.from(answer.get())));
      case DIE, ERROR_EVENT, DROP_KV, ENGINE_DEAD, EXIT, REFUSE -> answer.get();
    };
  }

  /** Sends a stream with what goes wrong in it. */
  Publisher<Void> stream(Reply reply, Flux<String> events) {
    if (fault == null) {
      return reply.events(events);
    }
    return switch (fault.kind()) {
      case SLOW -> reply.events(events.delayElements(fault.delay()));
      case DIE ->
          reply.events(
              events.take(fault.afterChunks()).concatWith(Mono.defer(() -> reply.<String>cut())));
      case ERROR_EVENT ->
          reply.events(
              events
                  .take(fault.afterChunks())
                  .concatWithValues(ApiError.engineDead().event(), "[DONE]"));
      case HANG, STATUS, REFUSE, DROP_KV, ENGINE_DEAD, EXIT -> reply.events(events);
    };
  }

  /** Sends a whole answer, or what comes instead of it. */
  Mono<Void> whole(Reply reply, Mono<String> answer) {
    Mono<Void> sent =
        answer
            .flatMap(json -> Mono.from(reply.json(200, json)))
            .onErrorResume(ApiError.class, error -> Mono.from(reply.error(error)));
    if (fault == null) {
      return sent;
    }
    return switch (fault.kind()) {
      case DIE -> reply.reset();
      case ERROR_EVENT -> Mono.from(reply.error(ApiError.engineDead()));
      case SLOW, HANG, STATUS, REFUSE, DROP_KV, ENGINE_DEAD, EXIT -> sent;
    };
  }
}
