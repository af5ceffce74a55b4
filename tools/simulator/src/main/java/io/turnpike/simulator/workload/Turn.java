package io.turnpike.simulator.workload;

/**
 * One request of a conversation. It is sent at {@code atNanos}, but not before {@code delayNanos}
 * after the end of the turn before.
 *
 * @param promptTokens the whole prompt, earlier turns in it
 * @param outputTokens tokens of the answer
 * @param atNanos earliest time; 0 for none
 * @param delayNanos the client's pause for thought
 * @param content what the prompt consists of
 * @param maxTokens the most tokens that the request allows its answer; {@link #NO_LIMIT}: it does
 *     not say
 */
public record Turn(
    int promptTokens,
    int outputTokens,
    long atNanos,
    long delayNanos,
    Content content,
    long maxTokens) {

  /** The request leaves the length of its answer to the engine. */
  public static final long NO_LIMIT = -1;

  public Turn {
    if (promptTokens < 1 || outputTokens < 1) {
      throw new IllegalArgumentException(
          "turn: %d tokens in, %d out (expected: 1 or more)".formatted(promptTokens, outputTokens));
    }
    if (atNanos < 0 || delayNanos < 0) {
      throw new IllegalArgumentException(
          "turn: at %d, delay %d ns (expected: 0 or more)".formatted(atNanos, delayNanos));
    }
  }

  /** One whose request asks for exactly the answer that it gets, as load generators do. */
  public Turn(int promptTokens, int outputTokens, long atNanos, long delayNanos, Content content) {
    this(promptTokens, outputTokens, atNanos, delayNanos, content, outputTokens);
  }
}
