package io.turnpike.bench.report;

import java.time.Clock;

/**
 * What every result file begins with.
 *
 * @param timestamp when it was written
 * @param config what was asked for, a record of the command's
 * @param environment what it was measured with
 * @param model the model's name
 * @param partial whether the run was stopped before its end
 */
public record ResultHead(
    String timestamp, Object config, Environment environment, String model, boolean partial) {

  /** One of now. */
  public static ResultHead now(
      Object config, Environment environment, String model, boolean partial) {
    String now = Clock.systemUTC().instant().toString();
    return new ResultHead(now, config, environment, model, partial);
  }
}
