package io.turnpike.error;

import java.io.ByteArrayOutputStream;
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
 * @param retryable whether the same request may succeed a little later
 */
public record ApiError(
    int status,
    String message,
    String type,
    @Nullable String param,
    @Nullable String code,
    boolean retryable) {

  private static final JsonFactory JSON = new JsonFactory();

  private static final String INVALID_REQUEST = "invalid_request_error";
  private static final String UNAVAILABLE = "service_unavailable_error";
  private static final String UPSTREAM = "upstream_error";

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

  /** 400: the body is not JSON. */
  public static ApiError invalidJson(String why) {
    return new ApiError(
        400,
        "body: " + why + " (expected: one JSON object)",
        INVALID_REQUEST,
        null,
        "invalid_json",
        false);
  }

  /** 400: a field that is read here has a wrong type or value. */
  public static ApiError invalidField(String field, String found, String expected) {
    return new ApiError(
        400,
        field + ": " + found + " (expected: " + expected + ")",
        INVALID_REQUEST,
        field,
        "invalid_field",
        false);
  }

  /** 400: a field that must be there is not. */
  public static ApiError missingField(String field, String expected) {
    return new ApiError(
        400,
        field + ": missing (expected: " + expected + ")",
        INVALID_REQUEST,
        field,
        "missing_field",
        false);
  }

  /** 401: a key is needed, and there was none or a wrong one. */
  public static ApiError unauthorized() {
    return new ApiError(
        401,
        "Authorization: missing or unknown (expected: Bearer and an API key)",
        "authentication_error",
        null,
        "invalid_api_key",
        false);
  }

  /** 403: the key is known, but not for this. */
  public static ApiError forbidden(String why) {
    return new ApiError(403, why, "permission_error", null, "forbidden", false);
  }

  /** 404: no such path. */
  public static ApiError unknownPath(String path) {
    return new ApiError(
        404,
        "path: " + clip(path) + " is not served here (expected: a path that GET / names)",
        INVALID_REQUEST,
        null,
        "unknown_path",
        false);
  }

  /** 404: a thing of ours, for example a node or a receipt, that does not exist. */
  public static ApiError notFound(String kind, String name) {
    return new ApiError(
        404,
        kind + ": " + clip(name) + " does not exist",
        INVALID_REQUEST,
        null,
        "not_found",
        false);
  }

  /** 405: the path is served, but not for this method. */
  public static ApiError methodNotAllowed(String method, String allowed) {
    return new ApiError(
        405,
        "method: " + clip(method) + " (expected: " + allowed + ")",
        INVALID_REQUEST,
        null,
        "method_not_allowed",
        false);
  }

  /** 413: the body is over the limit. */
  public static ApiError bodyTooLarge(long limitBytes) {
    return new ApiError(
        413,
        "body: too large (expected: at most " + limitBytes + " bytes)",
        INVALID_REQUEST,
        null,
        "body_too_large",
        false);
  }

  /** 429: more than this gateway may take at once or in a time. */
  public static ApiError tooManyRequests(String why) {
    return new ApiError(429, why, "rate_limit_error", null, "rate_limit_exceeded", true);
  }

  /** 502: a leg failed and cannot be run again. */
  public static ApiError legFailed(Leg leg, String why) {
    return new ApiError(
        502, leg.word + " leg: " + why, UPSTREAM, null, leg.word + "_leg_failed", true);
  }

  /** 503: no engine can decode. */
  public static ApiError noDecodeNode() {
    return new ApiError(503, "No decode node is ready", UNAVAILABLE, null, "no_decode_node", true);
  }

  /** 503: no engine can prefill. */
  public static ApiError noPrefillNode() {
    return new ApiError(
        503, "No prefill node is ready", UNAVAILABLE, null, "no_prefill_node", true);
  }

  /** 503: no replica is ready. */
  public static ApiError noReplicaNode() {
    return new ApiError(
        503, "No replica node is ready", UNAVAILABLE, null, "no_replica_node", true);
  }

  /** 503: this gateway is going away. */
  public static ApiError draining() {
    return new ApiError(503, "The gateway is draining", UNAVAILABLE, null, "draining", true);
  }

  /** 504: a leg did not answer in time. */
  public static ApiError legTimedOut(Leg leg, String why) {
    return new ApiError(
        504, leg.word + " leg: " + why, UPSTREAM, null, leg.word + "_leg_timeout", true);
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

  private static String clip(String text) {
    return text.length() > 128 ? text.substring(0, 128) + "…" : text;
  }
}
