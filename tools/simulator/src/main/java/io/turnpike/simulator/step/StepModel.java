package io.turnpike.simulator.step;

import io.turnpike.cost.StepCosts;

/**
 * Adds up one step's work and tells how long it takes:
 *
 * <pre>
 *   T = max( t0 + Σ decodes (a + b·context),
 *            Σ prefill chunks (c·chunk + d·chunk·prompt) + mixed,
 *            Σ prompts whose KV the step sends )
 *       + stall while handed-over KV is loaded
 * </pre>
 *
 * <p>The largest of them counts, not their sum, because decode waits for memory while prefill
 * computes, and layers are sent while later ones are computed. Not thread-safe; one per engine,
 * {@link #begin()} before each step.
 */
public final class StepModel {

  private static final double NANOS_PER_MILLI = 1_000_000.0;

  private final StepCosts costs;
  private int decodes;
  private long decodeContext;
  private double prefillMillis;
  private boolean prefill;
  private double sendMillis;
  private double stallMillis;

  /** A model with these constants. */
  public StepModel(StepCosts costs) {
    this.costs = costs;
  }

  /** Forgets the step before. */
  public void begin() {
    decodes = 0;
    decodeContext = 0;
    prefillMillis = 0;
    prefill = false;
    sendMillis = 0;
    stallMillis = 0;
  }

  /** One running request gets its next token. */
  public void decode(int contextTokens) {
    decodes++;
    decodeContext += contextTokens;
  }

  /**
   * A piece of a prompt is computed.
   *
   * @param chunkTokens tokens of it in this step
   * @param promptTokens tokens of the whole prompt, those found in a cache too
   * @param sending whether the engine sends prompts' KV as it computes them
   */
  public void prefill(int chunkTokens, int promptTokens, boolean sending) {
    double perToken = sending ? costs.sendingPrefillMillis() : costs.prefillMillis();
    prefillMillis +=
        perToken * chunkTokens + costs.attentionMillis() * chunkTokens * (double) promptTokens;
    prefill = true;
  }

  /** A prompt's KV is sent in the step, one prompt after the other; the step ends with the last. */
  public void send(double millis) {
    sendMillis += millis;
  }

  /** The step stands still while handed-over KV is loaded. */
  public void stall(double millis) {
    stallMillis += millis;
  }

  /** Whether only decodes are in the step, so that the next step differs by one token each. */
  public boolean isDecodeOnly() {
    return !prefill && stallMillis == 0;
  }

  /** The step's length. */
  public long nanos() {
    double millis = decodeMillis();
    if (prefill) {
      millis = Math.max(millis, Math.max(prefillMillis + costs.mixedMillis(), sendMillis));
    }
    return Math.round((millis + stallMillis) * NANOS_PER_MILLI);
  }

  /** The length of that many decode-only steps in a row, from this one on. */
  public long nanosOfDecodeSteps(long steps) {
    double growth = costs.decodeContextMillis() * decodes * (steps * (steps - 1) / 2.0);
    return Math.round((decodeMillis() * steps + growth) * NANOS_PER_MILLI);
  }

  private double decodeMillis() {
    return costs.baseMillis()
        + costs.decodeMillis() * decodes
        + costs.decodeContextMillis() * decodeContext;
  }
}
