package io.turnpike.simulator.wire;

import io.turnpike.simulator.wire.GenerateRequest.Streaming;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Typed reading of a body's fields with pydantic's refusals; null means absent, as in vLLM.
 *
 * @param json the body
 */
record Fields(ObjectNode json) {

  private static final String[] INTEGERS = {
    "max_tokens", "max_completion_tokens", "min_tokens", "n", "seed", "top_k", "priority"
  };
  private static final String[] NUMBERS = {
    "temperature", "top_p", "presence_penalty", "frequency_penalty"
  };
  private static final String[] FLAGS = {"stream", "ignore_eos", "echo", "return_token_ids"};

  void requireMessages() {
    JsonNode messages = json.path("messages");
    if (messages.isMissingNode()) {
      throw ApiError.validation("missing", "body.messages", "Field required", describe(json));
    }
    if (!messages.isArray()) {
      throw ApiError.validation(
          "list_type", "body.messages", "Input should be a valid list", describe(messages));
    }
    if (messages.isEmpty()) {
      throw ApiError.badRequest(
          "Cannot apply chat template to an empty conversation. Provide at least one message.",
          null);
    }
  }

  void requireTypes() {
    for (String name : INTEGERS) {
      integer(name);
    }
    for (String name : NUMBERS) {
      number(name, 0);
    }
    for (String name : FLAGS) {
      flag(name);
    }
    kvTransferParams();
    JsonNode options = json.path("stream_options");
    if (!isAbsent(options) && !options.isObject()) {
      throw dictionary("stream_options", options);
    }
    if (!isAbsent(options) && !flag("stream")) {
      throw ApiError.badRequest(
          "Stream options can only be defined when `stream=True`. (parameter=stream_options)",
          "stream_options");
    }
  }

  @Nullable Integer integer(String name) {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return null;
    }
    if (value.isNumber() && value.asDouble() == Math.rint(value.asDouble())) {
      return (int) Math.clamp(value.asDouble(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (value.isString() && value.asString().matches("[+-]?\\d{1,9}")) {
      return Integer.valueOf(value.asString());
    }
    throw value.isString()
        ? ApiError.validation(
            "int_parsing",
            "body." + name,
            "Input should be a valid integer, unable to parse string as an integer",
            describe(value))
        : ApiError.validation(
            "int_type", "body." + name, "Input should be a valid integer", describe(value));
  }

  int integer(String name, int absent) {
    Integer value = integer(name);
    return value == null ? absent : value;
  }

  double number(String name, double absent) {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return absent;
    }
    if (value.isNumber()) {
      return value.asDouble();
    }
    throw ApiError.validation(
        "float_parsing", "body." + name, "Input should be a valid number", describe(value));
  }

  boolean flag(String name) {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return false;
    }
    if (value.isBoolean()) {
      return value.asBoolean();
    }
    throw ApiError.validation(
        "bool_parsing", "body." + name, "Input should be a valid boolean", describe(value));
  }

  String text(String name, String absent) {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return absent;
    }
    if (value.isString()) {
      return value.asString();
    }
    throw ApiError.validation(
        "string_type", "body." + name, "Input should be a valid string", describe(value));
  }

  Streaming streaming() {
    if (!flag("stream")) {
      return Streaming.NONE;
    }
    JsonNode options = json.path("stream_options");
    if (!options.path("include_usage").asBoolean(false)) {
      return Streaming.PLAIN;
    }
    return options.path("continuous_usage_stats").asBoolean(false)
        ? Streaming.USAGE_ALWAYS
        : Streaming.USAGE_AT_END;
  }

  List<String> stopStrings() {
    JsonNode stop = json.path("stop");
    if (stop.isString()) {
      return List.of(stop.asString());
    }
    List<String> all = new ArrayList<>();
    stop.forEach(one -> all.add(one.asString("")));
    return all;
  }

  List<Integer> stopTokenIds() {
    List<Integer> all = new ArrayList<>();
    json.path("stop_token_ids").forEach(one -> all.add((int) one.asLong(-1)));
    return all;
  }

  @Nullable ObjectNode kvTransferParams() {
    JsonNode value = json.path("kv_transfer_params");
    if (isAbsent(value)) {
      return null;
    }
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw dictionary("kv_transfer_params", value);
  }

  /** A value as it appears in a refusal. */
  static String describe(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "<dict of " + value.size() + " items>";
      case ARRAY -> "<list of " + value.size() + " items>";
      case STRING -> value.asString();
      case NULL, MISSING -> "None";
      case BOOLEAN -> value.asBoolean() ? "True" : "False";
      case NUMBER, BINARY, POJO -> value.toString();
    };
  }

  private static ApiError dictionary(String name, JsonNode value) {
    return ApiError.validation(
        "dict_type", "body." + name, "Input should be a valid dictionary", describe(value));
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
