package io.turnpike.membership;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What gateways reported of one node of late, and whether it is being asked because of that. */
final class Reports {

  /** Reports of two gateways within this time are about one thing. */
  private static final Duration TOGETHER = Duration.ofSeconds(5);

  private @Nullable String lastGateway;
  private Instant lastAt = Instant.MIN;
  private boolean asking;

  /** Takes a report; true if another gateway reported the node a moment before. */
  boolean confirmedBy(String gateway, Instant now) {
    boolean confirmed =
        lastGateway != null && !lastGateway.equals(gateway) && lastAt.plus(TOGETHER).isAfter(now);
    lastGateway = gateway;
    lastAt = now;
    return confirmed;
  }

  /** Whether the probe that a report asked for has not ended: more reports ask for no more. */
  boolean isAsking() {
    return asking;
  }

  void ask() {
    asking = true;
  }

  /** A probe ended; returns whether a report had asked for it. */
  boolean answered() {
    boolean asked = asking;
    asking = false;
    return asked;
  }
}
