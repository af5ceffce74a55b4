package io.turnpike.bench.report;

import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;

/**
 * A load and what came of it.
 *
 * @param model the model's name
 * @param ratePerSecond offered, 0 for a closed loop
 * @param concurrency bound on requests under way, 0 for none
 * @param asked requests that were to be sent
 * @param sent requests that were
 * @param tally what they add up to
 * @param self what the load generator says about itself
 * @param saturation how the server fell behind, empty if it did not
 * @param clientPool connections at most, 0 for no bound
 */
public record LoadResult(
    String model,
    double ratePerSecond,
    int concurrency,
    int asked,
    int sent,
    Tally tally,
    SelfCheck self,
    String saturation,
    int clientPool) {

  /** Whether it was stopped before its end. */
  public boolean isPartial() {
    return sent < asked;
  }
}
