package io.turnpike.simulator.fault;

import io.turnpike.simulator.exchange.Cut;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.generation.Cutoff;
import io.turnpike.simulator.wire.ApiError;
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
      case HANG -> fault.delay().isZero() ? Mono.never() : late(right);
      case STATUS -> Mono.just(Response.error(error(fault.status())));
      case SLOW -> late(right).map(this::slowly);
      case DIE, ERROR_EVENT, DROP_KV, ENGINE_DEAD, EXIT, REFUSE -> right.get();
    };
  }

  private Mono<Response> late(Supplier<Mono<Response>> right) {
    return fault == null ? right.get() : Mono.delay(fault.delay()).then(Mono.defer(right));
  }

  private Response slowly(Response right) {
    return right instanceof Response.Events events && fault != null
        ? new Response.Events(events.data().delayElements(fault.delay()))
        : right;
  }

  private static ApiError error(int status) {
    return new ApiError(status, "Fault on command", "InternalServerError", null);
  }
}
