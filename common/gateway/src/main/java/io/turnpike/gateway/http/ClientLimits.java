package io.turnpike.gateway.http;

import java.time.Duration;

/**
 * Bounds of one client's connection. Times are looked at every quarter of the shortest, so they may
 * be exceeded by that much.
 *
 * @param maxBody bytes of a request's body
 * @param maxPipelined bytes of requests read behind the one that is being served, after which no
 *     more is read
 * @param maxDrained bytes of a refused upload read and thrown away, so that the client reads its
 *     answer rather than a reset
 * @param uploadIdle between any two bytes of a body
 * @param slowestUpload bytes a second that a body has on average, once it takes longer than that
 * @param drain how long a refused upload is read
 * @param stalled how long bytes of an answer wait for a client that takes none
 * @param keepAlive how long a connection without a request is kept
 */
public record ClientLimits(
    int maxBody,
    int maxPipelined,
    long maxDrained,
    Duration uploadIdle,
    int slowestUpload,
    Duration drain,
    Duration stalled,
    Duration keepAlive) {

  private static final long NANOS_A_SECOND = Duration.ofSeconds(1).toNanos();

  /** What a service has, for a limit of the body. */
  public static ClientLimits ofBody(int maxBody) {
    return new ClientLimits(
        maxBody,
        64 * 1024,
        64L * 1024 * 1024,
        Duration.ofSeconds(30),
        1024,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        Duration.ofSeconds(75));
  }

  /** Whether a body that is not whole after this time has too few bytes for it. */
  boolean isTooSlow(long bytes, long nanos) {
    return nanos >= uploadIdle.toNanos()
        && bytes < slowestUpload * (nanos / (double) NANOS_A_SECOND);
  }

  Duration tick() {
    Duration shortest = uploadIdle;
    for (Duration other : new Duration[] {stalled, keepAlive}) {
      shortest = other.compareTo(shortest) < 0 ? other : shortest;
    }
    return shortest.dividedBy(4);
  }
}
