package io.turnpike.error;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An error a gateway answers with, in the OpenAI shape {@code {"error":{"message","type","param",
 * "code"}}}. An engine's own error bodies are passed on as they came and never become one of these.
 *
 * @param status the HTTP status
 * @param message for a person; names the field and what was expected
 * @param type the family of the error, for example {@code invalid_request_error}
 * @param param the request field at fault
 * @param code stable, for programs
 * @param headers headers that go with the answer, and the only place where they are decided: {@code
 *     Retry-After} where the same request may succeed later, {@code Allow}, {@code
 *     WWW-Authenticate}
 */
public record ApiError(
    int status,
    String message,
    String type,
    @Nullable String param,
    @Nullable String code,
    Map<String, String> headers) {

  private static final JsonFactory JSON = new JsonFactory();
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final String INVALID_REQUEST = "invalid_request_error";
  private static final String UNAVAILABLE = "service_unavailable_error";
  private static final String UPSTREAM = "upstream_error";

  /** Turns end all the time, so there is soon room for another one. */
  private static final Duration BUSY = Duration.ofSeconds(1);

  /**
   * A node that stopped answering is asked every second; one good answer brings it back. Redis too.
   */
  private static final Duration NO_NODE = Duration.ofSeconds(2);

  /** A service that goes away needs so long until the next one of its address is up. */
  private static final Duration DRAINING = Duration.ofSeconds(10);

  /** The leg of a turn that failed; named in a 502 and a 504. */
  public enum Leg {
    PREFILL("prefill"),
    DECODE("decode"),
    REPLICA("replica");

    private final String word;

    Leg(String word) {
      this.word = word;
    }
  }

  public ApiError {
    headers = Map.copyOf(headers);
  }

  /** Without headers. */
  public ApiError(
      int status, String message, String type, @Nullable String param, @Nullable String code) {
    this(status, message, type, param, code, Map.of());
  }

  /** 400: the body is not JSON. */
  public static ApiError invalidJson(String why) {
    return new ApiError(
        400,
        "body: " + why + " (expected: one JSON object)",
        INVALID_REQUEST,
        null,
        "invalid_json");
  }

  /** 400: a field that is read here has a wrong type or value. */
  public static ApiError invalidField(String field, String found, String expected) {
    return new ApiError(
        400,
        field + ": " + clip(found) + " (expected: " + expected + ")",
        INVALID_REQUEST,
        field,
        "invalid_field");
  }

  /** 400: there are more of something than are taken. */
  public static ApiError tooMany(String field, String what, int limit) {
    return invalidField(field, "too many " + what, "at most " + limit);
  }

  /** 400: a text is longer than is taken. */
  public static ApiError tooLong(String field, int limitChars) {
    return invalidField(field, "too long", "at most " + limitChars + " characters");
  }

  /** 400: a field that must be there is not. */
  public static ApiError missingField(String field, String expected) {
    return new ApiError(
        400,
        field + ": missing (expected: " + expected + ")",
        INVALID_REQUEST,
        field,
        "missing_field");
  }

  /** 401: a key is needed, and there was none or a wrong one. */
  public static ApiError unauthorized(String keyName) {
    return new ApiError(
        401,
        "Authorization: missing or wrong (expected: Bearer and " + keyName + ")",
        "authentication_error",
        null,
        "invalid_api_key",
        Map.of("WWW-Authenticate", "Bearer"));
  }

  /** 403: the key is known, but not for this. */
  public static ApiError forbidden(String why) {
    return new ApiError(403, why, "permission_error", null, "forbidden");
  }

  /** 403: the key is known, but not for this model. */
  public static ApiError modelNotAllowed(@Nullable String model) {
    return new ApiError(
        403,
        "model: "
            + (model == null ? "missing" : "\"" + clip(model) + "\"")
            + " (expected: one that this key may use; GET /v1/models lists them)",
        "permission_error",
        "model",
        "model_not_allowed");
  }

  /** 403: a page of an origin that nobody listed. */
  public static ApiError originNotAllowed(String origin) {
    return new ApiError(
        403,
        "Origin: " + clip(origin) + " (expected: none, or one that this gateway lists)",
        "permission_error",
        null,
        "origin_not_allowed");
  }

  /** 404: no such path. */
  public static ApiError unknownPath(String path) {
    return new ApiError(
        404,
        "path: " + clip(path) + " is not served here (expected: a path that GET / names)",
        INVALID_REQUEST,
        null,
        "unknown_path");
  }

  /** 404: a thing of ours, for example a node or a receipt, that does not exist. */
  public static ApiError notFound(String kind, String name) {
    return new ApiError(
        404, kind + ": " + clip(name) + " does not exist", INVALID_REQUEST, null, "not_found");
  }

  /** 405: the path is served, but not for this method. */
  public static ApiError methodNotAllowed(String method, String allowed) {
    return new ApiError(
        405,
        "method: " + clip(method) + " (expected: " + allowed + ")",
        INVALID_REQUEST,
        null,
        "method_not_allowed",
        Map.of("Allow", allowed));
  }

  /** 413: the body is over the limit. */
  public static ApiError bodyTooLarge(long limitBytes) {
    return new ApiError(
        413,
        "body: too large (expected: at most " + limitBytes + " bytes)",
        INVALID_REQUEST,
        null,
        "body_too_large");
  }

  /** 415: the body is packed in a way that is not read here. */
  public static ApiError unsupportedEncoding(String encoding) {
    return new ApiError(
        415,
        "Content-Encoding: " + clip(encoding) + " (expected: gzip, or none)",
        INVALID_REQUEST,
        null,
        "unsupported_encoding",
        Map.of("Accept-Encoding", "gzip"));
  }

  /** 431: the request's line and headers are over the limit. */
  public static ApiError headTooLarge() {
    return new ApiError(
        431,
        "headers: too large (expected: less than the service's"
            + " server.max-http-request-header-size)",
        INVALID_REQUEST,
        null,
        "headers_too_large");
  }

  /** 400: what came is no HTTP request. */
  public static ApiError unreadableHead() {
    return new ApiError(
        400,
        "request: not HTTP/1.1 (expected: RFC 9112)",
        INVALID_REQUEST,
        null,
        "invalid_request");
  }

  /** 429: more than this gateway may take at once or in a time. */
  public static ApiError tooManyRequests(String why) {
    return new ApiError(
        429, why, "rate_limit_error", null, "rate_limit_exceeded", retryAfter(BUSY));
  }

  /**
   * 429: over a limit that comes back with time.
   *
   * @param code which one
   * @param waitNanos until it is worth a try
   * @param also further headers
   */
  public static ApiError overLimit(
      String code, String why, long waitNanos, Map<String, String> also) {
    Map<String, String> headers = new HashMap<>(also);
    headers.putAll(retryAfter(Duration.ofSeconds(Math.ceilDiv(waitNanos, NANOS_PER_SECOND))));
    return new ApiError(429, why, "rate_limit_error", null, code, headers);
  }

  /** 502: a leg failed and cannot be run again. */
  public static ApiError legFailed(Leg leg, String why) {
    return new ApiError(502, leg.word + " leg: " + why, UPSTREAM, null, leg.word + "_leg_failed");
  }

  /** 500: a fault of the service itself; its log says more. */
  public static ApiError internal(String message) {
    return new ApiError(500, message, "internal_error", null, "internal_error");
  }

  /** 503: no engine can decode. */
  public static ApiError noDecodeNode() {
    return unavailable("No decode node is ready", "no_decode_node", NO_NODE);
  }

  /** 503: no engine can prefill. */
  public static ApiError noPrefillNode() {
    return unavailable("No prefill node is ready", "no_prefill_node", NO_NODE);
  }

  /** 503: no replica is ready. */
  public static ApiError noReplicaNode() {
    return unavailable("No replica node is ready", "no_replica_node", NO_NODE);
  }

  /** 503: no node is ready, whatever it could do. */
  public static ApiError noNode() {
    return unavailable("No node is ready", "no_node", NO_NODE);
  }

  /** 503: what has to be known to all replicas could not be told to them. */
  public static ApiError sharedStateAway(String message) {
    return unavailable(message, "shared_state_away", NO_NODE);
  }

  /** 503: this gateway is going away. */
  public static ApiError draining() {
    return unavailable("The gateway is draining", "draining", DRAINING);
  }

  private static ApiError unavailable(String message, String code, Duration wait) {
    return new ApiError(503, message, UNAVAILABLE, null, code, retryAfter(wait));
  }

  /** 504: a leg did not answer in time. */
  public static ApiError legTimedOut(Leg leg, String why) {
    return new ApiError(504, leg.word + " leg: " + why, UPSTREAM, null, leg.word + "_leg_timeout");
  }

  /** 504: the turn took longer than a turn may. */
  public static ApiError turnTimedOut(String why) {
    return new ApiError(504, "turn: " + why, UPSTREAM, null, "turn_timeout");
  }

  /** 408: nothing of the body came for too long. */
  public static ApiError bodyTooSlow() {
    return new ApiError(
        408, "body: nothing of it came for too long", INVALID_REQUEST, null, "body_too_slow");
  }

  /** The error as a request's end. */
  public GatewayException toException() {
    return new GatewayException(this);
  }

  /** The body, UTF-8, on one line, so that it also fits an SSE event. */
  public byte[] toJson() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(192);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeObjectPropertyStart("error");
      json.writeStringProperty("message", message);
      json.writeStringProperty("type", type);
      json.writeStringProperty("param", param);
      json.writeStringProperty("code", code);
      json.writeEndObject();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /** The header that says when to come back; whole seconds. */
  public static Map<String, String> retryAfter(Duration wait) {
    return Map.of("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
  }

  private static String clip(String text) {
    return text.length() > 128 ? text.substring(0, 128) + "…" : text;
  }
}
