package io.turnpike.control;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Everything that goes wrong in WebFlux becomes an error in the OpenAI shape, in this one place.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class ErrorAnswers implements WebExceptionHandler {

  /** The largest body that a control endpoint takes. */
  public static final int MAX_BODY_BYTES = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

  private final Consumer<ApiError> keptOut;

  /** Nobody hears of who is kept out. */
  public ErrorAnswers() {
    this(error -> {});
  }

  /**
   * @param keptOut hears of each 401 and 403
   */
  public ErrorAnswers(Consumer<ApiError> keptOut) {
    this.keptOut = keptOut;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(failure);
    }
    ApiError error = errorOf(exchange, failure);
    if (error.status() == 401 || error.status() == 403) {
      keptOut.accept(error);
    }
    response.setStatusCode(HttpStatusCode.valueOf(error.status()));
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    error.headers().forEach(response.getHeaders()::set);
    return response.writeWith(
        Mono.fromSupplier(() -> response.bufferFactory().wrap(error.toJson())));
  }

  private static ApiError errorOf(ServerWebExchange exchange, Throwable failure) {
    String path = exchange.getRequest().getPath().value();
    return switch (failure) {
      case GatewayException known -> known.error();
      case MethodNotAllowedException wrong ->
          ApiError.methodNotAllowed(
              exchange.getRequest().getMethod().name(),
              String.join(
                  ", ", wrong.getSupportedMethods().stream().map(HttpMethod::name).toList()));
      case ResponseStatusException status when status.getStatusCode().value() == 404 ->
          ApiError.unknownPath(path);
      case DataBufferLimitException _ -> ApiError.bodyTooLarge(MAX_BODY_BYTES);
      case ResponseStatusException status when status.getStatusCode().value() == 413 ->
          ApiError.bodyTooLarge(MAX_BODY_BYTES);
      case ResponseStatusException status when status.getStatusCode().is4xxClientError() ->
          new ApiError(
              status.getStatusCode().value(),
              String.valueOf(status.getReason()),
              "invalid_request_error",
              null,
              "bad_request");
      default -> {
        LOG.atError().setCause(failure).addKeyValue("path", path).log("a control request failed");
        yield ApiError.internal("The service failed on this request");
      }
    };
  }
}
