package io.turnpike.bench.client;

import org.jspecify.annotations.Nullable;

/**
 * What became of one request. Times are {@link System#nanoTime} or a replay's clock; those that did
 * not happen are 0.
 *
 * @param index counted from 0 in its run
 * @param conversation its conversation
 * @param turn 1 for the first
 * @param scheduledNanos when it was due; latencies count from here
 * @param startedNanos when the load generator got to it
 * @param sentNanos when it had a connection and was written
 * @param firstNanos when the first chunk with text came
 * @param endNanos when the last chunk came, or the failure
 * @param promptTokens the server's count, or 0
 * @param outputTokens tokens of the answer
 * @param cachedTokens the server's count, or 0
 * @param tokenSource where outputTokens comes from
 * @param chunks chunks with text
 * @param maxGapNanos longest time between two of them
 * @param route what the gateway says that it did; empty without one
 * @param receipt the gateway's id of what it did; empty without one
 * @param answer the answer's text as it stood in JSON, if it was wanted
 * @param failure why it is no success, or null
 */
public record Measurement(
    int index,
    int conversation,
    int turn,
    long scheduledNanos,
    long startedNanos,
    long sentNanos,
    long firstNanos,
    long endNanos,
    int promptTokens,
    int outputTokens,
    int cachedTokens,
    TokenSource tokenSource,
    int chunks,
    long maxGapNanos,
    String route,
    String receipt,
    String answer,
    @Nullable Failure failure) {

  private static final double NANOS_PER_MILLI = 1e6;

  /** One without a gateway's receipt. */
  public Measurement(
      int index,
      int conversation,
      int turn,
      long scheduledNanos,
      long startedNanos,
      long sentNanos,
      long firstNanos,
      long endNanos,
      int promptTokens,
      int outputTokens,
      int cachedTokens,
      TokenSource tokenSource,
      int chunks,
      long maxGapNanos,
      String route,
      String answer,
      @Nullable Failure failure) {
    this(
        index,
        conversation,
        turn,
        scheduledNanos,
        startedNanos,
        sentNanos,
        firstNanos,
        endNanos,
        promptTokens,
        outputTokens,
        cachedTokens,
        tokenSource,
        chunks,
        maxGapNanos,
        route,
        "",
        answer,
        failure);
  }

  /** Whether it is a success. */
  public boolean ok() {
    return failure == null;
  }

  /** From when it was due to the first token, ms. */
  public double ttftMillis() {
    return (firstNanos - scheduledNanos) / NANOS_PER_MILLI;
  }

  /** From when it was sent to the first token, ms. */
  public double ttftFromSendMillis() {
    return (firstNanos - sentNanos) / NANOS_PER_MILLI;
  }

  /** From when it was due to its end, ms. */
  public double e2eMillis() {
    return (endNanos - scheduledNanos) / NANOS_PER_MILLI;
  }

  /** From when it was sent to its end, ms. */
  public double e2eFromSendMillis() {
    return (endNanos - sentNanos) / NANOS_PER_MILLI;
  }

  /** Time per token after the first, ms; 0 for fewer than two tokens. */
  public double tpotMillis() {
    return outputTokens < 2 ? 0 : (endNanos - firstNanos) / NANOS_PER_MILLI / (outputTokens - 1);
  }

  /** Output tokens a second, from when it was sent to its end. */
  public double tokensPerSecond() {
    return outputTokens * 1e9 / Math.max(1, endNanos - sentNanos);
  }

  /** How late the load generator was, ns. */
  public long lagNanos() {
    return startedNanos - scheduledNanos;
  }
}
