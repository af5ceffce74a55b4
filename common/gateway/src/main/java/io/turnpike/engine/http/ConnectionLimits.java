package io.turnpike.engine.http;

import io.turnpike.engine.EngineSettings;
import java.time.Duration;

/**
 * Bounds of one loop's connections to one engine.
 *
 * @param connections open at once
 * @param waiting legs that wait for one
 * @param connectTimeout until a connection must stand, and again until TLS must
 * @param waitTimeout how long a leg waits for a free one
 * @param maxIdle how long an unused one is kept; below the engine's own 5 s
 */
public record ConnectionLimits(
    int connections, int waiting, Duration connectTimeout, Duration waitTimeout, Duration maxIdle) {

  private static final Duration WAIT_BEYOND_CONNECT = Duration.ofSeconds(8);

  public ConnectionLimits {
    if (connections < 1) {
      throw new IllegalArgumentException("connections: " + connections + " (expected: >= 1)");
    }
    if (waiting < 0) {
      throw new IllegalArgumentException("waiting: " + waiting + " (expected: >= 0)");
    }
  }

  /** One loop's share of what the settings allow a service. */
  public static ConnectionLimits shareOf(EngineSettings settings, int loops) {
    return new ConnectionLimits(
        Math.ceilDiv(settings.maxConnections(), loops),
        Math.ceilDiv(settings.maxPending(), loops),
        settings.connectTimeout(),
        settings.connectTimeout().plus(WAIT_BEYOND_CONNECT),
        settings.maxIdle());
  }
}
