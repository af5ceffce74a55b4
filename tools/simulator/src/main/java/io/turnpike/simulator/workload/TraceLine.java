package io.turnpike.simulator.workload;

import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One request of a trace, as its line says.
 *
 * @param line counted from 1
 * @param session its conversation; empty if the trace does not say
 * @param turn its number in it, from 1; 0 if the trace does not say
 * @param atMillis when it was sent; -1 if a delay is given
 * @param delayMillis pause after the turn before
 * @param inputTokens the whole prompt
 * @param outputTokens the answer
 * @param hashIds hashes of the prompt's consecutive 512-token blocks; empty if not given
 */
@SuppressWarnings("ArrayRecordComponent") // a list would box; never compared
record TraceLine(
    int line,
    String session,
    int turn,
    double atMillis,
    double delayMillis,
    int inputTokens,
    int outputTokens,
    long[] hashIds) {

  /** Tokens that one hash of a trace stands for. */
  static final int HASHED_TOKENS = 512;

  private static final int MOST_TOKENS = 10_000_000;
  private static final JsonMapper JSON = new JsonMapper();

  static TraceLine parse(int line, String text) {
    JsonNode node = read(line, text);
    boolean timed = node.has("timestamp");
    if (!timed && !node.has("delay")) {
      throw new TraceException(line, "no timestamp (expected: timestamp or delay, in ms)");
    }
    int input = tokens(line, node, "input_length");
    long[] ids = hashIds(line, node);
    int blocks = (input + HASHED_TOKENS - 1) / HASHED_TOKENS;
    if (ids.length > 0 && ids.length != blocks) {
      throw new TraceException(
          line,
          "hash_ids: %d (expected: %d, one for each 512 of %d tokens)"
              .formatted(ids.length, blocks, input));
    }
    return new TraceLine(
        line,
        session(line, node),
        node.has("turn") ? number(line, node, "turn", 1) : 0,
        timed ? millis(line, node, "timestamp") : -1,
        node.has("delay") ? millis(line, node, "delay") : 0,
        input,
        tokens(line, node, "output_length"),
        ids);
  }

  private static JsonNode read(int line, String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (!node.isObject()) {
        throw new TraceException(line, "no JSON object (expected: one a line)");
      }
      return node;
    } catch (JacksonException e) {
      throw new TraceException(
          line, "no JSON: %s (expected: one object a line)".formatted(e.getOriginalMessage()), e);
    }
  }

  private static String session(int line, JsonNode node) {
    JsonNode id = node.path("session_id");
    if (id.isMissingNode()) {
      return "";
    }
    if (!id.isString() && !id.isIntegralNumber()) {
      throw new TraceException(line, "session_id: %s (expected: text or a number)".formatted(id));
    }
    return id.asString();
  }

  private static int tokens(int line, JsonNode node, String name) {
    return number(line, node, name, 1);
  }

  private static int number(int line, JsonNode node, String name, int least) {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber() || value.asLong() < least || value.asLong() > MOST_TOKENS) {
      throw new TraceException(
          line,
          "%s: %s (expected: a whole number, %d to %d)"
              .formatted(name, value.isMissingNode() ? "missing" : value, least, MOST_TOKENS));
    }
    return value.asInt();
  }

  private static double millis(int line, JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isNumber() || !(value.asDouble() >= 0) || value.asDouble() > 1e12) {
      throw new TraceException(line, "%s: %s (expected: ms, 0 or more)".formatted(name, value));
    }
    return value.asDouble();
  }

  private static long[] hashIds(int line, JsonNode node) {
    JsonNode ids = node.path("hash_ids");
    if (ids.isMissingNode()) {
      return new long[0];
    }
    long[] hashes = new long[ids.size()];
    for (int i = 0; i < hashes.length; i++) {
      if (!ids.path(i).isIntegralNumber()) {
        throw new TraceException(
            line, "hash_ids: %s (expected: a list of whole numbers)".formatted(ids.path(i)));
      }
      hashes[i] = ids.path(i).asLong();
    }
    if (!ids.isArray()) {
      throw new TraceException(line, "hash_ids: %s (expected: a list)".formatted(ids));
    }
    return hashes;
  }

  /** The hashes of its full blocks. */
  long[] fullHashIds() {
    return Arrays.copyOf(hashIds, Math.min(hashIds.length, inputTokens / HASHED_TOKENS));
  }
}
