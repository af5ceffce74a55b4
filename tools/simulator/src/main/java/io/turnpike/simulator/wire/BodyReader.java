package io.turnpike.simulator.wire;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bytes to a JSON object, or the refusal that FastAPI gives. */
final class BodyReader {

  private BodyReader() {}

  static ObjectNode object(byte[] body, @Nullable String contentType) {
    if (!isJson(contentType)) {
      throw new ApiError(
          400,
          "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
          "Bad Request",
          null);
    }
    if (body.length == 0) {
      throw ApiError.validation("missing", "body", "Field required", "None");
    }
    JsonNode json = parse(body);
    if (json instanceof ObjectNode object) {
      return object;
    }
    throw ApiError.validation(
        "model_attributes_type",
        "body",
        "Input should be a valid dictionary or object to extract fields from",
        Fields.describe(json));
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    String kind = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    return kind.equals("application/json") || kind.endsWith("+json");
  }

  private static JsonNode parse(byte[] body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      TokenStreamLocation location = e.getLocation();
      long offset = location == null ? 0 : Math.max(0, location.getByteOffset());
      throw ApiError.validation(
          "json_invalid",
          "body." + Math.min(offset, body.length),
          "JSON decode error",
          "<dict of 0 items>",
          ", 'ctx': {'error': '" + reason(body) + "'}");
    }
  }

  private static String reason(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    return text.startsWith("{")
        ? "Expecting property name enclosed in double quotes"
        : "Expecting value";
  }
}
