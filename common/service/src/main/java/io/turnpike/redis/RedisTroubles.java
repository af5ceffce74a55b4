package io.turnpike.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log why Redis cannot be used: one line, again once a minute while it lasts, and one
 * when it is over; never with a password. Thread-safe.
 */
final class RedisTroubles {

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final long REMINDER_NANOS = Duration.ofMinutes(1).toNanos();

  private final String redis;
  private final LongSupplier ticker;
  private boolean under;
  private long toldNanos;

  /**
   * @param ticker nanoseconds of a steady clock
   */
  RedisTroubles(RedisURI uri, LongSupplier ticker) {
    this.redis = uri.getSocket() == null ? uri.getHost() + ":" + uri.getPort() : uri.getSocket();
    this.ticker = ticker;
  }

  /** A try to connect failed. */
  synchronized void failed(Throwable error) {
    long now = ticker.getAsLong();
    if (under && now - toldNanos < REMINDER_NANOS) {
      return;
    }
    under = true;
    toldNanos = now;
    log.atWarn()
        .addKeyValue("redis", redis)
        .addKeyValue("reason", reason(error))
        .log("Redis cannot be used: trying again twice a second");
  }

  /** A try to connect succeeded. */
  synchronized void over() {
    if (under) {
      under = false;
      log.atInfo().addKeyValue("redis", redis).log("Redis can be used again");
    }
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
