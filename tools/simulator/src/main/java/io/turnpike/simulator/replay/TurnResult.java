package io.turnpike.simulator.replay;

import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What became of one turn. Times are nanoseconds of the run's clock.
 *
 * @param session its conversation
 * @param turn 1 for the first
 * @param route which way it went, the last one if there were several
 * @param reason why
 * @param outcome how it ended
 * @param tries ways that were begun; 0 if there was none
 * @param prefill the prefill engine of the last one, or null
 * @param decode the engine that answered, or should have; null if there was none
 * @param promptTokens tokens of the prompt
 * @param cachedTokens of those, tokens that the engine which computed it had
 * @param movedTokens of those, tokens whose KV was moved to the decode engine
 * @param outputTokens tokens of the answer; 0 if it is not whole
 * @param dueNanos when the client wanted to send it
 * @param sentNanos when it had a connection
 * @param firstNanos when the first token came; without one, the end
 * @param endNanos when it ended
 * @param preemptions how often it had to start again
 */
public record TurnResult(
    String session,
    int turn,
    Route route,
    Reason reason,
    Outcome outcome,
    int tries,
    @Nullable String prefill,
    @Nullable String decode,
    int promptTokens,
    int cachedTokens,
    int movedTokens,
    int outputTokens,
    long dueNanos,
    long sentNanos,
    long firstNanos,
    long endNanos,
    int preemptions) {

  private static final double NANOS_PER_MILLI = 1e6;

  /** Whether it was answered, wholly. */
  public boolean isAnswered() {
    return outcome == Outcome.ANSWERED;
  }

  /** Time to the first token; the clock starts before a connection is free. */
  public double ttftMillis() {
    return (firstNanos - dueNanos) / NANOS_PER_MILLI;
  }

  /** Time from due to the last token. */
  public double endToEndMillis() {
    return (endNanos - dueNanos) / NANOS_PER_MILLI;
  }

  /** Time per token after the first one; zero for a single token. */
  public double tpotMillis() {
    return outputTokens < 2 ? 0 : (endNanos - firstNanos) / NANOS_PER_MILLI / (outputTokens - 1);
  }
}
