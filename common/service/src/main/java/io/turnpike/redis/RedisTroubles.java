package io.turnpike.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log why Redis cannot be used: one line, again once a minute while it lasts, and one
 * when it is over; never with a password. What Redis refuses to do (a command not allowed, no
 * memory, only a replica) is said likewise, each kind for itself. Thread-safe.
 */
final class RedisTroubles {

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final long REMINDER_NANOS = Duration.ofMinutes(1).toNanos();

  /** How the errors begin that are different things: each names what is not allowed. */
  private static final String NOT_ALLOWED = "NOPERM";

  /** Kinds of refusal that are told apart; Redis has about thirty. */
  private static final int MAX_KINDS = 64;

  private final String redis;
  private final LongSupplier ticker;
  private final Set<Object> failing = new HashSet<>();
  private final Map<String, Long> refusedNanos = new HashMap<>();
  private long toldNanos;

  /**
   * @param redis which Redis, without any password
   * @param ticker nanoseconds of a steady clock
   */
  RedisTroubles(String redis, LongSupplier ticker) {
    this.redis = redis;
    this.ticker = ticker;
  }

  /**
   * A connection cannot be made, or is of no use.
   *
   * @param connection which one
   */
  synchronized void failed(Object connection, Throwable error) {
    long now = ticker.getAsLong();
    boolean first = failing.isEmpty();
    failing.add(connection);
    if (!first && now - toldNanos < REMINDER_NANOS) {
      return;
    }
    toldNanos = now;
    log.atWarn()
        .addKeyValue("redis", redis)
        .addKeyValue("reason", reason(error))
        .log("Redis cannot be used: trying again twice a second");
  }

  /** A connection works. */
  synchronized void over(Object connection) {
    if (failing.remove(connection) && failing.isEmpty()) {
      log.atInfo().addKeyValue("redis", redis).log("Redis can be used again");
    }
  }

  /** A connection is given up. */
  synchronized void forget(Object connection) {
    failing.remove(connection);
  }

  /**
   * Redis answered a command with an error, or a part of it cannot be reached.
   *
   * @param command its name
   */
  synchronized void refused(String command, Throwable error) {
    String reason = reason(error);
    String kind = reason.startsWith(NOT_ALLOWED) ? reason : reason.split(" ", 2)[0];
    long now = ticker.getAsLong();
    Long told = refusedNanos.get(kind);
    if (told == null ? refusedNanos.size() >= MAX_KINDS : now - told < REMINDER_NANOS) {
      return;
    }
    refusedNanos.put(kind, now);
    log.atWarn()
        .addKeyValue("redis", redis)
        .addKeyValue("command", command)
        .addKeyValue("reason", reason)
        .log("Redis does not do a command: going on without");
  }

  /** The first line of what lies deepest: that is what Redis or the system said. */
  static String reason(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null || message.isBlank()
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse(message);
  }
}
