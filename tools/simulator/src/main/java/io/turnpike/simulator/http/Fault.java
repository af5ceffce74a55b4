package io.turnpike.simulator.http;

import io.turnpike.simulator.wire.ApiError;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that goes wrong on command.
 *
 * @param kind what
 * @param path requests whose path starts so
 * @param status of kind {@code status}
 * @param afterChunks events sent before the stream breaks
 * @param delay of kinds {@code slow} and {@code hang} (zero: hangs for ever)
 */
record Fault(Kind kind, String path, int status, int afterChunks, Duration delay) {

  /** What can go wrong. */
  enum Kind {
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

    String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static Fault read(ObjectNode json) {
    String name = json.path("kind").asString("");
    Kind kind =
        Arrays.stream(Kind.values())
            .filter(one -> one.wireName().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    ApiError.badRequest(
                        "kind: \"%s\" (expected: one of %s)"
                            .formatted(
                                name, Arrays.stream(Kind.values()).map(Kind::wireName).toList()),
                        "kind"));
    return new Fault(
        kind,
        json.path("path").asString(kind == Kind.REFUSE ? "/" : "/v1/"),
        json.path("status").asInt(500),
        json.path("after_chunks").asInt(2),
        Duration.ofMillis(json.path("delay_ms").asLong(kind == Kind.SLOW ? 1_000 : 0)));
  }
}
