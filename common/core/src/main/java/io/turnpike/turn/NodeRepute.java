package io.turnpike.turn;

import java.time.Duration;

/**
 * What turns taught about one node of late. Immutable.
 *
 * <pre>
 *   trusted ── three of its last four legs broke, or ──▶ avoided ── 2 s ──▶ on trial
 *      ▲       two turns in a row saw no sign of life       ▲                 │  │
 *      │                                                    └── two broke ────┘  │
 *      └──────────────────────────── a leg was answered ─────────────────────────┘
 * </pre>
 *
 * Only broken connections and silence come here. An engine that answers errors stays trusted: one
 * bad prompt must not take a fleet out.
 *
 * @param broken the last four legs, the latest in the lowest bit: 1 if it broke
 * @param silent turns in a row that it left without a sign of life
 * @param failed whether it was avoided, and has answered nobody since
 * @param untilNanos how long it is avoided; only if it failed
 */
record NodeRepute(int broken, int silent, boolean failed, long untilNanos) {

  /** Nothing is held against it. */
  static final NodeRepute GOOD = new NodeRepute(0, 0, false, 0);

  private static final int MAX_SILENT = 2;
  private static final int MAX_BROKEN = 3;
  private static final int MAX_BROKEN_ON_TRIAL = 2;
  private static final int LAST_FOUR = 0b1111;
  private static final long AVOIDED_NANOS = Duration.ofSeconds(2).toNanos();

  boolean isAvoidedAt(long nowNanos) {
    return failed && nowNanos - untilNanos < 0;
  }

  /** A leg was answered, whatever was said. */
  NodeRepute answeredAt(long nowNanos) {
    if (isAvoidedAt(nowNanos)) {
      return new NodeRepute(broken, 0, true, untilNanos);
    }
    return failed ? GOOD : new NodeRepute(broken << 1 & LAST_FOUR, 0, false, 0);
  }

  /** A leg could not be begun, or broke off. */
  NodeRepute brokeAt(long nowNanos) {
    if (isAvoidedAt(nowNanos)) {
      return this;
    }
    NodeRepute next = new NodeRepute((broken << 1 | 1) & LAST_FOUR, silent, failed, untilNanos);
    int most = failed ? MAX_BROKEN_ON_TRIAL : MAX_BROKEN;
    return Integer.bitCount(next.broken) >= most ? next.avoidedFrom(nowNanos) : next;
  }

  /** A turn saw no sign of life. */
  NodeRepute silentAt(long nowNanos) {
    NodeRepute next = new NodeRepute(broken, silent + 1, failed, untilNanos);
    return next.isSilent() ? next.avoidedFrom(nowNanos) : next;
  }

  /** Whether it left so many turns without a sign of life that it counts as failed. */
  boolean isSilent() {
    return silent >= MAX_SILENT;
  }

  private NodeRepute avoidedFrom(long nowNanos) {
    return new NodeRepute(0, silent, true, nowNanos + AVOIDED_NANOS);
  }
}
