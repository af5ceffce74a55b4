package io.turnpike.registry.http;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the registry's endpoints refuse, beside what all control endpoints do. */
final class RegistryErrors {

  private static final String INVALID_REQUEST = "invalid_request_error";

  /** Leases that ran out make room; a shorter wait would only be another refusal. */
  private static final Duration FULL = Duration.ofSeconds(15);

  private RegistryErrors() {}

  /** 400: the request is wrong; its message begins with the field. */
  static GatewayException invalid(String message) {
    int colon = message.indexOf(':');
    String param = colon > 0 && message.indexOf(' ') > colon ? message.substring(0, colon) : null;
    return error(400, INVALID_REQUEST, "invalid_value", param, message);
  }

  static GatewayException unknownNode(String id) {
    return error(
        404,
        INVALID_REQUEST,
        "unknown_node",
        "id",
        "id: no node \"%s\" (expected: an id that GET /v1/nodes lists)".formatted(shorten(id)));
  }

  static GatewayException conflict(String message) {
    return error(409, INVALID_REQUEST, "conflict", null, message);
  }

  static GatewayException full(int maxNodes) {
    return new ApiError(
            503,
            "nodes: there are %d already (expected: at most turnpike.registry.max-nodes)"
                .formatted(maxNodes),
            "server_error",
            null,
            "too_many_nodes",
            ApiError.retryAfter(FULL))
        .toException();
  }

  private static GatewayException error(
      int status, String type, String code, @Nullable String param, String message) {
    return new ApiError(status, message, type, param, code).toException();
  }

  private static String shorten(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
