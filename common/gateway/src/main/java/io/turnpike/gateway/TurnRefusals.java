package io.turnpike.gateway;

import io.turnpike.caller.Caller;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.receipt.Receipts;
import io.turnpike.receipt.Refusal;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Tells clients that their requests become no turns, and keeps it. */
final class TurnRefusals {

  private final Receipts receipts;
  private final CrossOrigin crossOrigin;
  private final InstantSource clock;

  TurnRefusals(Receipts receipts, CrossOrigin crossOrigin, InstantSource clock) {
    this.receipts = receipts;
    this.crossOrigin = crossOrigin;
    this.clock = clock;
  }

  /**
   * Refuses a request.
   *
   * @param caller whose it is, if that is known by then
   */
  void refuse(TurnExchange exchange, @Nullable Caller caller, ApiError error) {
    String id = caller == null || !caller.isNamed() ? null : caller.id();
    receipts.refused(new Refusal(clock.instant(), exchange.api(), id, error));
    ClientAnswer.refuse(exchange, crossOrigin.headersFor(exchange), error);
  }
}
