package io.turnpike.openai;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the few values a gateway must understand, and says what is wrong with the others. */
final class FieldReader {

  /** Longer integers than this are taken as "very large" without being computed. */
  private static final int MAX_EXACT_DIGITS = 18;

  private FieldReader() {}

  static @Nullable String text(JsonParser parser, String field) {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> parser.getString();
      case VALUE_NULL -> null;
      default -> throw wrong(parser, field, "a string or null");
    };
  }

  static boolean bool(JsonParser parser, String field) {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      default -> throw wrong(parser, field, "true, false or null");
    };
  }

  /** An integer, also one written as 3.0; −1 for null; kept within the range of int. */
  static int integer(JsonParser parser, String field) {
    switch (parser.currentToken()) {
      case VALUE_NULL -> {
        return -1;
      }
      case VALUE_NUMBER_INT -> {
        return parser.getStringLength() <= MAX_EXACT_DIGITS
            ? Math.clamp(parser.getLongValue(), -1, Integer.MAX_VALUE)
            : parser.getString().startsWith("-") ? -1 : Integer.MAX_VALUE;
      }
      case VALUE_NUMBER_FLOAT -> {
        double value = parser.getDoubleValue();
        if (value == Math.rint(value)) {
          return (int) Math.max(-1, value);
        }
      }
      default -> {}
    }
    throw wrong(parser, field, "an integer or null");
  }

  static GatewayException wrong(JsonParser parser, String field, String expected) {
    return ApiError.invalidField(field, found(parser.currentToken()), expected).toException();
  }

  private static String found(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case END_ARRAY -> "an empty array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      default -> "something else";
    };
  }
}
