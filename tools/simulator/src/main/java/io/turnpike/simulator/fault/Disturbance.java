package io.turnpike.simulator.fault;

import io.turnpike.simulator.exchange.Cut;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.generation.Cutoff;
import io.turnpike.simulator.wire.ApiError;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a fault does to one exchange.
 *
 * @param fault null for none
 */
public record Disturbance(@Nullable Fault fault) {

  /** Everything goes well. */
  public static final Disturbance NONE = new Disturbance(null);

  /** What comes back before anything of the request is read; null to go on. */
  public @Nullable Response atOnce() {
    boolean refused = fault != null && fault.kind() == Fault.Kind.REFUSE;
    return refused ? new Response.Ended(Cut.How.RESET) : null;
  }

  /** Where an answer ends before its time. */
  public Cutoff cutoff() {
    return fault == null ? Cutoff.NONE : fault.cutoff();
  }

  /** What comes back instead of the right response. */
  public Mono<Response> apply(Supplier<Mono<Response>> right) {
    if (fault == null) {
      return right.get();
    }
    return switch (fault.kind()) {
      case HANG -> fault.delay().isZero() ? Mono.never() : after(fault.delay(), right);
      case STATUS -> Mono.just(Response.error(error(fault.status())));
      case SLOW -> after(fault.delay(), right).map(made -> slowly(made, fault.delay()));
      case LATE -> right.get().flatMap(made -> late(made, fault.delay()));
      case RETURN_PARAMS -> right.get().map(ReturnedParams::into);
      case DIE, ERROR_EVENT, ABORT, SILENT, TRUNCATE, DROP_KV, ENGINE_DEAD, EXIT, REFUSE ->
          right.get();
    };
  }

  private static Mono<Response> after(Duration delay, Supplier<Mono<Response>> right) {
    return Mono.delay(delay).then(Mono.defer(right));
  }

  private static Response slowly(Response made, Duration delay) {
    return made instanceof Response.Events events
        ? new Response.Events(events.data().delayElements(delay))
        : made;
  }

  /** A stream begins to be made when it is sent, so its events are held back instead of it. */
  private static Mono<Response> late(Response made, Duration delay) {
    return made instanceof Response.Events events
        ? Mono.just(new Response.Events(events.data().delaySequence(delay)))
        : Mono.just(made).delayElement(delay);
  }

  private static ApiError error(int status) {
    return new ApiError(status, "Fault on command", "InternalServerError", null);
  }
}
