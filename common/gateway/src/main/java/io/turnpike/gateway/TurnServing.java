package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.caller.Caller;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.http.GatheredBody;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.gateway.http.TurnHandler;
import io.turnpike.gateway.http.TurnListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Serves turns, one {@link TurnDriver} each. Both HTTP services are this class; they differ in the
 * {@link TurnRouting} that their {@link TurnReader} has.
 */
final class TurnServing implements TurnHandler {

  private final TurnParts parts;

  TurnServing(TurnParts parts) {
    this.parts = parts;
  }

  /** What a request's head decides: who asks, and whether a body is wanted at all. */
  @Override
  public TurnListener begin(TurnExchange exchange) {
    HttpHeaders headers = exchange.headers();
    ApiError page = parts.crossOrigin().refusal(headers);
    if (page != null) {
      return refuse(exchange, null, page);
    }
    if (CrossOrigin.isPreflight(exchange.method(), headers)) {
      parts.crossOrigin().answerPreflight(exchange);
      return Answered.INSTANCE;
    }
    if (!exchange.method().equals(HttpMethod.POST)) {
      return refuse(exchange, null, ApiError.methodNotAllowed(exchange.method().name(), "POST"));
    }
    Caller caller = caller(headers);
    if (caller == null) {
      return refuse(exchange, null, ApiError.unauthorized("a key of this gateway"));
    }
    if (parts.admission().isDraining()) {
      return refuse(exchange, caller, ApiError.draining());
    }
    return new TurnDriver(parts, exchange, caller);
  }

  private TurnListener refuse(TurnExchange exchange, @Nullable Caller caller, ApiError error) {
    parts.refusals().refuse(exchange, caller, error);
    return Answered.INSTANCE;
  }

  /** Two headers are none. */
  private @Nullable Caller caller(HttpHeaders headers) {
    if (!parts.callers().areListed()) {
      return Caller.ANYBODY;
    }
    List<String> shown = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    return shown.size() == 1 ? parts.callers().find(shown.getFirst()) : null;
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
