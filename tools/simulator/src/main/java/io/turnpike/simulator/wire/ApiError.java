package io.turnpike.simulator.wire;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer other than 200 in vLLM's shape {@code {"error":{"message","type","param","code"}}};
 * thrown by the reader, without a stack trace.
 */
public final class ApiError extends RuntimeException {

  private static final String ENGINE_DEAD =
      "EngineCore encountered an issue. See stack trace (above) for the root cause.";

  private final int status;
  private final String type;
  private final @Nullable String param;

  public ApiError(int status, String message, String type, @Nullable String param) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.param = param;
  }

  /** A refusal by the engine's own checks. */
  public static ApiError badRequest(String message, @Nullable String param) {
    return new ApiError(400, message, "BadRequestError", param);
  }

  /** A refusal by the request schema; {@code location} is dotted and starts with {@code body}. */
  static ApiError validation(String kind, String location, String message, String input) {
    return validation(kind, location, message, input, "");
  }

  static ApiError validation(
      String kind, String location, String message, String input, String extra) {
    String text =
        "1 validation error:\n  {'type': '%s', 'loc': '%s', 'msg': '%s', 'input': '%s'%s}"
            .formatted(kind, location, message, input, extra);
    return new ApiError(400, text, "Bad Request", location);
  }

  static ApiError unknownModel(String asked, String served) {
    return new ApiError(
        404,
        "The model `" + asked + "` does not exist. Valid aliases: " + served + ".",
        "NotFoundError",
        "model");
  }

  /** A handoff that failed under policy {@code fail}. */
  public static ApiError internal() {
    return new ApiError(500, "Internal server error", "InternalServerError", null);
  }

  /** The engine core died under the request. */
  public static ApiError engineDead() {
    return new ApiError(500, ENGINE_DEAD, "InternalServerError", null);
  }

  public int status() {
    return status;
  }

  /** The body of a plain answer. */
  public byte[] body() {
    return json(":", ",").getBytes(StandardCharsets.UTF_8);
  }

  /** The data of an event inside a stream, which vLLM writes with spaces. */
  public String event() {
    return json(": ", ", ");
  }

  private String json(String colon, String comma) {
    return "{\"error\""
        + colon
        + "{\"message\""
        + colon
        + Json.quote(Objects.toString(getMessage()))
        + comma
        + "\"type\""
        + colon
        + Json.quote(type)
        + comma
        + "\"param\""
        + colon
        + (param == null ? "null" : Json.quote(param))
        + comma
        + "\"code\""
        + colon
        + status
        + "}}";
  }
}
