package io.turnpike.cost;

/**
 * What happens to a request around the engine's steps: HTTP, tokenising, admission, and the way of
 * a token back. In milliseconds.
 *
 * @param beforeMillis delay before the scheduler sees a request; requests overlap in it
 * @param serialMillis part of the way in that one request after the other takes, as one process
 *     does it
 * @param historyTokenMillis further delay per prompt token that an earlier turn left in the cache:
 *     the price of a long history, found in conversations of many turns
 * @param afterMillis delay from the end of a step until the client has the token
 */
public record FrontEndCosts(
    double beforeMillis, double serialMillis, double historyTokenMillis, double afterMillis) {

  /** A front end that takes no time. */
  public static final FrontEndCosts FREE = new FrontEndCosts(0, 0, 0, 0);

  public FrontEndCosts {
    Checks.notNegative("front end costs: before", beforeMillis);
    Checks.notNegative("front end costs: serial", serialMillis);
    Checks.notNegative("front end costs: history per token", historyTokenMillis);
    Checks.notNegative("front end costs: after", afterMillis);
  }
}
