package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;

/** Begins the trace of each turn. Thread-safe. */
@FunctionalInterface
public interface TurnTracing {

  /** Turns leave no traces; what a client says of its own is passed on as other headers are. */
  TurnTracing OFF = (_, _) -> Untraced.INSTANCE;

  /**
   * A turn was read and let in. Whether it is recorded is decided here, because engines are told
   * with the first leg: as the client's trace is, else by chance.
   *
   * @param headers of the client, which may carry a trace
   * @param arrivedNanos when its request was there, on the turn's clock
   */
  TurnTrace begin(HttpHeaders headers, long arrivedNanos);
}
