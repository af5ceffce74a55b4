package io.turnpike.simulator.fault;

import io.turnpike.simulator.generation.Cutoff;
import io.turnpike.simulator.generation.Ending;
import io.turnpike.simulator.wire.ApiError;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that goes wrong on command.
 *
 * @param kind what
 * @param path requests whose path starts so
 * @param status of kind {@code status}
 * @param afterChunks events sent before the answer ends
 * @param delay of kinds {@code slow}, {@code late} and {@code hang} (zero: hangs for ever)
 */
public record Fault(Kind kind, String path, int status, int afterChunks, Duration delay) {

  /** What can go wrong. */
  public enum Kind {
    /** The connection is reset before anything is read. */
    REFUSE,
    /** No headers, ever, or for a while. */
    HANG,
    /** Another status with an error body. */
    STATUS,
    /** The answer begins late, and each of its events is late again. */
    SLOW,
    /** The answer is made at once and comes late. */
    LATE,
    /** The connection is reset in the middle of the stream, or instead of the answer. */
    DIE,
    /** An error event in the middle of the stream, then the end. */
    ERROR_EVENT,
    /** An early end that looks like a right one, with finish reason {@code abort}. */
    ABORT,
    /** Not a byte more from the middle of the stream on, and no end. */
    SILENT,
    /** The stream ends in its middle without finish reason or {@code [DONE]}. */
    TRUNCATE,
    /** An answer without a stream carries {@code kv_transfer_params}, as a decode engine's. */
    RETURN_PARAMS,
    /** The KV of the next finished prefill leg is lost. */
    DROP_KV,
    /** The engine core dies: 500, health 503, then the end. */
    ENGINE_DEAD,
    /** The process ends at once. */
    EXIT;

    /** The word on the wire. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All words. */
    public static List<String> wireNames() {
      return Arrays.stream(values()).map(Kind::wireName).toList();
    }
  }

  /** Reads the body of {@code POST /sim/fault}. */
  public static Fault read(ObjectNode json) {
    Kind kind = kind(json.path("kind").asString(""));
    return new Fault(
        kind,
        json.path("path").asString(kind == Kind.REFUSE ? "/" : "/v1/"),
        json.path("status").asInt(500),
        json.path("after_chunks").asInt(2),
        Duration.ofMillis(json.path("delay_ms").asLong(kind == Kind.HANG ? 0 : 1_000)));
  }

  /** Whether it is for such a request. */
  boolean hits(String method, String requestPath) {
    return requestPath.startsWith(path) && (method.equals("POST") || !isOfAnswers());
  }

  /** Whether it befalls answers only, and so passes by who merely looks at the models. */
  private boolean isOfAnswers() {
    return switch (kind) {
      case LATE, DIE, ERROR_EVENT, ABORT, SILENT, TRUNCATE, RETURN_PARAMS, DROP_KV -> true;
      case REFUSE, HANG, STATUS, SLOW, ENGINE_DEAD, EXIT -> false;
    };
  }

  /** Where an answer ends because of it. */
  Cutoff cutoff() {
    return switch (kind) {
      case DIE -> new Cutoff(afterChunks, Ending.RESET);
      case ERROR_EVENT -> new Cutoff(afterChunks, Ending.ERROR);
      case ABORT -> new Cutoff(afterChunks, Ending.ABORT);
      case SILENT -> new Cutoff(afterChunks, Ending.SILENCE);
      case TRUNCATE -> new Cutoff(afterChunks, Ending.TRUNCATION);
      case REFUSE, HANG, STATUS, SLOW, LATE, RETURN_PARAMS, DROP_KV, ENGINE_DEAD, EXIT ->
          Cutoff.NONE;
    };
  }

  private static Kind kind(String word) {
    return Arrays.stream(Kind.values())
        .filter(one -> one.wireName().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                ApiError.badRequest(
                    "kind: \"%s\" (expected: one of %s)".formatted(word, Kind.wireNames()),
                    "kind"));
  }
}
