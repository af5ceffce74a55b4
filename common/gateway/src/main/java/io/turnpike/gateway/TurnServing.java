package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.http.GatheredBody;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.gateway.http.TurnHandler;
import io.turnpike.gateway.http.TurnListener;

/**
 * Serves turns, one {@link TurnDriver} each. Both HTTP services are this class; they differ in the
 * {@link TurnRouting} that their {@link TurnReader} has.
 */
final class TurnServing implements TurnHandler {

  private final TurnParts parts;

  TurnServing(TurnParts parts) {
    this.parts = parts;
  }

  @Override
  public TurnListener begin(TurnExchange exchange) {
    if (CrossOrigin.isPreflight(exchange.method(), exchange.headers())) {
      ClientAnswer.preflight(exchange);
      return Answered.INSTANCE;
    }
    if (!exchange.method().equals(HttpMethod.POST)) {
      return refuse(exchange, ApiError.methodNotAllowed(exchange.method().name(), "POST"));
    }
    if (parts.admission().isDraining()) {
      return refuse(exchange, ApiError.draining());
    }
    return new TurnDriver(parts, exchange);
  }

  private TurnListener refuse(TurnExchange exchange, ApiError error) {
    parts.receipts().refused(error);
    ClientAnswer.refuse(exchange, ClientAnswer.headers(), error);
    return Answered.INSTANCE;
  }

  /** What a client is told whose body did not come. */
  static ApiError errorOf(TurnListener.BodyFault fault, int maxBody) {
    return switch (fault) {
      case TOO_LARGE -> ApiError.bodyTooLarge(maxBody);
      case TOO_SLOW -> ApiError.bodyTooSlow();
      case NO_ROOM ->
          ApiError.tooManyRequests(
              "The bodies of all requests fill the memory kept for them; try again in a moment");
      case TOO_MANY ->
          ApiError.tooManyRequests("Too many requests are being sent at once; try again");
      case MALFORMED -> ApiError.invalidJson("cut or framed wrongly");
    };
  }

  /** It has its answer; nothing more is wanted of it. */
  private enum Answered implements TurnListener {
    INSTANCE;

    @Override
    public void body(GatheredBody body) {
      body.release();
    }

    @Override
    public void fault(BodyFault fault) {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void gone(ClientEnd how) {}
  }
}
