package io.turnpike.turn;

import java.time.Duration;

/**
 * How long what may take.
 *
 * @param patience how long a node may be silent before an answer, besides three times what the leg
 *     should cost there
 * @param patienceAlive how long at least while the node shows life
 * @param slowestPrefill prompt tokens a second that an engine computes at least; by it a leg's cost
 *     is judged
 * @param firstContentWithin the longest that a client waits for the first content
 * @param within the longest that a turn takes
 * @param silence the longest pause in an answer
 */
public record TurnRules(
    Duration patience,
    Duration patienceAlive,
    int slowestPrefill,
    Duration firstContentWithin,
    Duration within,
    Duration silence) {

  /** Tries until there is content, the first included; again as many after each cut. */
  public static final int MAX_TRIES = 4;

  /** How often an answer that broke off goes on elsewhere. */
  public static final int MAX_RESUMES = 2;

  /** Prefill nodes that a turn asks in vain before D has to do without. */
  public static final int MAX_PREFILLS_IN_VAIN = 2;

  /** How long P's parameters are trusted: its lease is 30 s, and D must still read under it. */
  public static final Duration PARAMS_LIFE = Duration.ofSeconds(20);

  /** What holds unless it is configured otherwise. */
  public static final TurnRules DEFAULT =
      new TurnRules(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          1_000,
          Duration.ofMinutes(2),
          Duration.ofMinutes(10),
          Duration.ofMinutes(2));

  /**
   * How long a node's silence is borne.
   *
   * @param waitingTokens of prompts that the node is to compute, this one among them
   */
  long patienceNanos(long waitingTokens) {
    return patience.toNanos() + 3 * waitingTokens * 1_000_000_000L / slowestPrefill;
  }

  /** Nothing came in time. */
  Failure tooLate() {
    long seconds = Math.min(firstContentWithin.toSeconds(), within.toSeconds());
    return new Failure.TurnTimedOut("no content within " + seconds + " s");
  }

  /** The answer was not done in time. */
  Failure tooLong() {
    return new Failure.TurnTimedOut("not done within " + within.toSeconds() + " s");
  }
}
