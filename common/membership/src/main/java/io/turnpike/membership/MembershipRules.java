package io.turnpike.membership;

import java.time.Duration;

/**
 * The numbers of {@link Membership}.
 *
 * @param pingSuspect pings of a node missing for so long: it gets no new turns (engines ping every
 *     3 s)
 * @param pingGone pings of a node missing for so long: it leaves
 * @param lease how long a registration over HTTP holds without a heartbeat
 * @param probeEvery time between two probes of a node
 * @param modelsEvery time between two readings of a ready node's models and version
 * @param timeoutsToSuspect so many probes in a row without an answer make a node suspect; a refused
 *     connection or an error status does at once
 * @param maxNodes the most nodes at one time
 * @param lives what ends the life of an engine that tells no start
 */
public record MembershipRules(
    Duration pingSuspect,
    Duration pingGone,
    Duration lease,
    Duration probeEvery,
    Duration modelsEvery,
    int timeoutsToSuspect,
    int maxNodes,
    Lives lives) {

  /** What ends the life of an engine that does not tell when it started. */
  public enum Lives {
    /** A closed port, as this watcher sees it, who tells it to all others. */
    SEEN,
    /** Nothing: watchers that do not know of each other would never agree on what they saw. */
    TOLD
  }

  /** What the services use where nobody says otherwise. */
  public static final MembershipRules DEFAULTS =
      new MembershipRules(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          3,
          1024,
          Lives.SEEN);

  /** The same rules for one of several watchers that do not know of each other. */
  MembershipRules alone() {
    return new MembershipRules(
        pingSuspect,
        pingGone,
        lease,
        probeEvery,
        modelsEvery,
        timeoutsToSuspect,
        maxNodes,
        Lives.TOLD);
  }
}
