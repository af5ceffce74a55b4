package io.turnpike.openai;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads the few values a gateway must understand, and says what is wrong with the others. Numbers
 * and flags are also taken as the engines take them, whose requests are checked by pydantic in its
 * lax mode (tried with vLLM 0.32): {@code "256"}, {@code "1_000"}, {@code 3.0} and {@code true} are
 * integers; {@code 1}, {@code "1"}, {@code "on"}, {@code "Yes"} and {@code "true"} are true.
 */
final class FieldReader {

  /** Characters of a model's name, a user's, a session's. */
  static final int MAX_NAME_CHARS = 256;

  /** Longer integers than this are taken as "very large" without being computed. */
  private static final int MAX_EXACT_DIGITS = 18;

  private static final Pattern INTEGER_TEXT =
      Pattern.compile("\\s*+(?<integer>[+-]?[0-9]++(?:_[0-9]++)*+)(?:\\.0++)?\\s*+");

  private static final String FLAG_EXPECTED = "true, false or null";

  private FieldReader() {}

  static @Nullable String text(JsonParser parser, String field) {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> name(parser, field);
      case VALUE_NULL -> null;
      default -> throw wrong(parser, field, "a string or null");
    };
  }

  /** A text that names something, so that it is short; null if it is none. */
  static @Nullable String name(JsonParser parser, String field) {
    if (!parser.hasToken(JsonToken.VALUE_STRING)) {
      return null;
    }
    try {
      String name = parser.getString();
      if (name.length() <= MAX_NAME_CHARS) {
        return name;
      }
    } catch (StreamConstraintsException tooLong) {
      // the factory does not decode a longer one: the same answer
    }
    throw ApiError.tooLong(field, MAX_NAME_CHARS).toException();
  }

  static boolean bool(JsonParser parser, String field) {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      case VALUE_STRING, VALUE_NUMBER_INT -> flag(parser, field);
      case VALUE_NUMBER_FLOAT -> flag(parser, field, parser.getDoubleValue());
      default -> throw wrong(parser, field, FLAG_EXPECTED);
    };
  }

  private static boolean flag(JsonParser parser, String field) {
    return switch (parser.getString().toLowerCase(Locale.ROOT)) {
      case "1", "t", "y", "on", "yes", "true" -> true;
      case "0", "f", "n", "no", "off", "false" -> false;
      default -> throw wrong(parser, field, FLAG_EXPECTED);
    };
  }

  private static boolean flag(JsonParser parser, String field, double value) {
    if (value != 0 && value != 1) {
      throw wrong(parser, field, FLAG_EXPECTED);
    }
    return value == 1;
  }

  /** An integer; −1 for null; kept within −1 and the largest int. */
  static int integer(JsonParser parser, String field) {
    switch (parser.currentToken()) {
      case VALUE_NULL -> {
        return -1;
      }
      case VALUE_TRUE -> {
        return 1;
      }
      case VALUE_FALSE -> {
        return 0;
      }
      case VALUE_NUMBER_INT -> {
        return clamped(parser.getString());
      }
      case VALUE_NUMBER_FLOAT -> {
        double value = parser.getDoubleValue();
        if (value == Math.rint(value)) {
          return (int) Math.max(-1, value);
        }
      }
      case VALUE_STRING -> {
        Matcher matcher = INTEGER_TEXT.matcher(parser.getString());
        if (matcher.matches()) {
          return clamped(matcher.group("integer").replace("_", ""));
        }
      }
      default -> {}
    }
    throw wrong(parser, field, "an integer or null");
  }

  private static int clamped(String digits) {
    if (digits.length() <= MAX_EXACT_DIGITS) {
      return Math.clamp(Long.parseLong(digits), -1, Integer.MAX_VALUE);
    }
    return digits.startsWith("-") ? -1 : Integer.MAX_VALUE;
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
