package io.turnpike.registry.http;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.json.JsonMapper;

/** A request that is answered with an error of OpenAI's shape. Carries no stack. */
final class ApiError extends RuntimeException {

  private final HttpStatus status;
  private final String type;
  private final String code;
  private final @Nullable String param;

  private ApiError(
      HttpStatus status, String type, String code, @Nullable String param, String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /** 400: the request is wrong; its message begins with the field. */
  static ApiError invalid(String message) {
    int colon = message.indexOf(':');
    String param = colon > 0 && message.indexOf(' ') > colon ? message.substring(0, colon) : null;
    return new ApiError(
        HttpStatus.BAD_REQUEST, "invalid_request_error", "invalid_value", param, message);
  }

  static ApiError notFound(String message) {
    return new ApiError(HttpStatus.NOT_FOUND, "invalid_request_error", "not_found", null, message);
  }

  static ApiError unknownNode(String id) {
    return new ApiError(
        HttpStatus.NOT_FOUND,
        "invalid_request_error",
        "unknown_node",
        "id",
        "id: no node \"%s\" (expected: an id that GET /v1/nodes lists)".formatted(shorten(id)));
  }

  static ApiError methodNotAllowed(String method, String allowed) {
    return new ApiError(
        HttpStatus.METHOD_NOT_ALLOWED,
        "invalid_request_error",
        "method_not_allowed",
        null,
        "method: %s (expected: %s)".formatted(method, allowed));
  }

  static ApiError conflict(String message) {
    return new ApiError(HttpStatus.CONFLICT, "invalid_request_error", "conflict", null, message);
  }

  static ApiError full(int maxNodes) {
    return new ApiError(
        HttpStatus.SERVICE_UNAVAILABLE,
        "server_error",
        "too_many_nodes",
        null,
        "nodes: there are %d already (expected: at most turnpike.registry.max-nodes)"
            .formatted(maxNodes));
  }

  static ApiError unauthorized(String message) {
    return new ApiError(
        HttpStatus.UNAUTHORIZED, "authentication_error", "invalid_api_key", null, message);
  }

  static ApiError forbidden(String message) {
    return new ApiError(HttpStatus.FORBIDDEN, "permission_error", "forbidden", null, message);
  }

  static ApiError of(HttpStatus status, String message) {
    return new ApiError(
        status,
        status.is5xxServerError() ? "server_error" : "invalid_request_error",
        status.name().toLowerCase(java.util.Locale.ROOT),
        null,
        message);
  }

  HttpStatus status() {
    return status;
  }

  /** The body: {@code {"error":{"message","type","param","code"}}}. */
  String body() {
    var json = JsonMapper.shared().createObjectNode();
    json.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return json.toString();
  }

  private static String shorten(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
