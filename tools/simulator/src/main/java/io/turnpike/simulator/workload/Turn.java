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
 */
public record Turn(
    int promptTokens, int outputTokens, long atNanos, long delayNanos, Content content) {

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
}
