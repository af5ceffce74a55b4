package io.turnpike.simulator.workload;

import java.util.Arrays;
import java.util.Locale;

/**
 * Conversations that differ only in when they start.
 *
 * @param name for output
 * @param inputTokens new prompt tokens of each turn
 * @param outputTokens tokens of each answer
 * @param turns turns of each conversation
 * @param turnsBefore of those, turns that are over when the run starts
 * @param thinkNanos pause between an answer and the next turn
 * @param sharedTokens tokens with which all conversations begin
 * @param answers whether a next turn finds the answer's blocks in a cache
 */
public record WorkloadSpec(
    String name,
    int inputTokens,
    int outputTokens,
    int turns,
    int turnsBefore,
    long thinkNanos,
    int sharedTokens,
    Answers answers) {

  /** What happens to an answer's blocks. */
  public enum Answers {
    /** Re-tokenised text breaks their hashes, as measured. */
    MISS,
    /** The client sends them back token by token. */
    HIT
  }

  public WorkloadSpec {
    if (inputTokens < 1 || outputTokens < 1 || turns < 1 || turnsBefore >= turns) {
      throw new IllegalArgumentException(
          "workload %s: %d in, %d out, %d turns of which %d before (expected: 1 or more, and a turn"
                  .formatted(name, inputTokens, outputTokens, turns, turnsBefore)
              + " left)");
    }
  }

  /** A workload of the vllm-ppd study with its real token counts: W1 to W4. */
  public static WorkloadSpec study(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "W1" -> conversation("W1", 340, 245, 2);
      case "W2" -> conversation("W2", 2720, 116, 2);
      case "W3" -> conversation("W3", 170, 880, 2);
      case "W4" -> conversation("W4", 5440, 59, 2);
      default ->
          throw new IllegalArgumentException(
              "workload: \"%s\" (expected: one of %s)"
                  .formatted(name, Arrays.asList("W1", "W2", "W3", "W4")));
    };
  }

  /** Conversations of that many turns without a pause or anything in common. */
  public static WorkloadSpec conversation(String name, int in, int out, int turns) {
    return new WorkloadSpec(name, in, out, turns, 0, 0, 0, Answers.MISS);
  }
}
