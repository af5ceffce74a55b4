package io.turnpike.simulator.replay;

import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import org.jspecify.annotations.Nullable;

/**
 * What became of one turn. Times are nanoseconds of the run's clock.
 *
 * @param session its conversation
 * @param turn 1 for the first
 * @param route which way it went
 * @param reason why
 * @param prefill the prefill engine, or null
 * @param decode the engine that answered, or null if it was rejected
 * @param promptTokens tokens of the prompt
 * @param cachedTokens of those, tokens that the engine which computed it had
 * @param movedTokens of those, tokens whose KV was moved to the decode engine
 * @param outputTokens tokens of the answer
 * @param dueNanos when the client wanted to send it
 * @param sentNanos when it had a connection
 * @param firstNanos when the first token came
 * @param endNanos when the last token came
 * @param preemptions how often it had to start again
 */
public record TurnResult(
    String session,
    int turn,
    Route route,
    Reason reason,
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

  /** Whether it was answered. */
  public boolean isAnswered() {
    return route != Route.REJECTED;
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
