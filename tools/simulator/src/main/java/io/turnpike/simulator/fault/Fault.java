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
 * @param delay of kinds {@code slow} and {@code hang} (zero: hangs for ever)
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
    /** Each event, or the whole answer, comes late. */
    SLOW,
    /** The connection is reset in the middle of the stream, or instead of the answer. */
    DIE,
    /** An error event in the middle of the stream, then the end. */
    ERROR_EVENT,
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
        Duration.ofMillis(json.path("delay_ms").asLong(kind == Kind.SLOW ? 1_000 : 0)));
  }

  /** Whether it is for such a request; what ends answers is for none but those that ask for one. */
  boolean hits(String method, String requestPath) {
    boolean asks = method.equals("POST");
    return requestPath.startsWith(path) && (asks || cutoff().equals(Cutoff.NONE));
  }

  /** Whether it befalls the engine rather than an answer. */
  boolean isOfTheEngine() {
    return switch (kind) {
      case DROP_KV, ENGINE_DEAD, EXIT -> true;
      case REFUSE, HANG, STATUS, SLOW, DIE, ERROR_EVENT -> false;
    };
  }

  /** Where an answer ends because of it. */
  Cutoff cutoff() {
    return switch (kind) {
      case DIE -> new Cutoff(afterChunks, Ending.RESET);
      case ERROR_EVENT -> new Cutoff(afterChunks, Ending.ERROR);
      case REFUSE, HANG, STATUS, SLOW, DROP_KV, ENGINE_DEAD, EXIT -> Cutoff.NONE;
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
