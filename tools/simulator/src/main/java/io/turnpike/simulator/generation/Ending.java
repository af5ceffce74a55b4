package io.turnpike.simulator.generation;

/**
 * How an answer under way ends before its time. The first three were seen when a real engine got
 * SIGTERM (vLLM 0.32.0, trace c18), the last two when it was killed.
 */
public enum Ending {
  /** An error event and {@code [DONE]}; status 500 without a stream. */
  ERROR,
  /** {@code finish_reason} {@code abort}, then usage and {@code [DONE]}, as if it were whole. */
  ABORT,
  /** No byte more, and no end. */
  SILENCE,
  /** A well-formed end without finish reason or {@code [DONE]}; no answer without a stream. */
  TRUNCATION,
  /** The connection is reset. */
  RESET
}
