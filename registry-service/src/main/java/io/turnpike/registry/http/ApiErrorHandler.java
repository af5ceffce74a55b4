package io.turnpike.registry.http;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Turns every fault of a request into an error body, in this one place. */
@Order(-2)
final class ApiErrorHandler implements WebExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ApiErrorHandler.class);

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable fault) {
    if (exchange.getResponse().isCommitted()) {
      return Mono.error(fault);
    }
    ApiError error = translate(exchange, fault);
    var response = exchange.getResponse();
    response.setStatusCode(error.status());
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    byte[] body = error.body().getBytes(StandardCharsets.UTF_8);
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
  }

  private static ApiError translate(ServerWebExchange exchange, Throwable fault) {
    return switch (fault) {
      case ApiError error -> error;
      case IllegalArgumentException e -> ApiError.invalid(String.valueOf(e.getMessage()));
      case DataBufferLimitException _ -> tooLarge();
      case ErrorResponse e when e.getStatusCode().value() == 404 ->
          ApiError.notFound(
              "path: %s (expected: a path under /v1/nodes)"
                  .formatted(exchange.getRequest().getPath().value()));
      case ErrorResponse e when e.getStatusCode().value() == 413 -> tooLarge();
      case ErrorResponse e when e.getStatusCode().is4xxClientError() ->
          ApiError.of(
              HttpStatus.valueOf(e.getStatusCode().value()),
              "request: " + HttpStatus.valueOf(e.getStatusCode().value()).getReasonPhrase());
      default -> {
        LOG.error("A request failed", fault);
        yield ApiError.of(HttpStatus.INTERNAL_SERVER_ERROR, "the registry failed");
      }
    };
  }

  private static ApiError tooLarge() {
    return ApiError.of(HttpStatus.CONTENT_TOO_LARGE, "body: too large (expected: at most 64 KiB)");
  }
}
