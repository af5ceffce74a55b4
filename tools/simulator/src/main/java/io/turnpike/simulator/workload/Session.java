package io.turnpike.simulator.workload;

import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.List;

/**
 * A conversation.
 *
 * @param name for output
 * @param startNanos when its first turn here is sent
 * @param turnsBefore turns that are over when the run starts, so that it has its place already
 * @param answers whether a next turn finds the answer before it in a cache
 * @param turns its turns in this run
 */
public record Session(
    String name, long startNanos, int turnsBefore, Answers answers, List<Turn> turns) {

  public Session {
    turns = List.copyOf(turns);
    if (turns.isEmpty()) {
      throw new IllegalArgumentException("session %s: no turn".formatted(name));
    }
  }

  /** The same conversation with its times stretched by a factor; pauses stay. */
  public Session stretched(double factor) {
    List<Turn> slower =
        turns.stream()
            .map(
                turn ->
                    new Turn(
                        turn.promptTokens(),
                        turn.outputTokens(),
                        Math.round(turn.atNanos() * factor),
                        turn.delayNanos(),
                        turn.content(),
                        turn.maxTokens()))
            .toList();
    return new Session(name, Math.round(startNanos * factor), turnsBefore, answers, slower);
  }

  /** Whether answers' blocks are found by later turns. */
  public boolean answersHit() {
    return answers == Answers.HIT;
  }
}
