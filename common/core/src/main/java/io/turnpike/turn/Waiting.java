package io.turnpike.turn;

import io.turnpike.node.Node;

/**
 * What a turn waits for, and until when: an engine's first sign, the next byte of an answer, and
 * the turn's own deadlines.
 *
 * <pre>
 *   arrival ─────────────── first content within ──┤
 *   leg sent ── patience ──┤ silent, unless the node shows life:
 *            ── at least while alive ──┤ silent
 *                              first content ── silence ──┤ silent
 *   arrival ──────────────────────────────────────── within ──┤
 * </pre>
 */
final class Waiting {

  /** What a look at the clock finds. */
  enum Found {
    /** There is time left. */
    PATIENCE,
    /** The engine has been silent for too long. */
    SILENCE,
    /** The turn has taken as long as it may. */
    DEADLINE
  }

  /** How often a silent node is looked at that shows life. */
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

  private final TurnRules rules;
  private final TurnWorld world;
  private final long beganNanos;
  private long sinceNanos;
  private long dueNanos;

  Waiting(TurnRules rules, TurnWorld world, long beganNanos) {
    this.rules = rules;
    this.world = world;
    this.beganNanos = beganNanos;
    this.dueNanos = firstContentDeadline();
  }

  long dueNanos() {
    return dueNanos;
  }

  long firstContentDeadline() {
    return beganNanos + Math.min(rules.firstContentWithin().toNanos(), rules.within().toNanos());
  }

  private long deadline() {
    return beganNanos + rules.within().toNanos();
  }

  /** A leg was sent. */
  void forAnswer(Node node, long nowNanos) {
    sinceNanos = nowNanos;
    dueNanos = Math.min(firstContentDeadline(), nowNanos + patience(node));
  }

  /** The first content came. */
  void forRest(long nowNanos) {
    dueNanos = Math.min(deadline(), nowNanos + rules.silence().toNanos());
  }

  /** Looks whether a leg's first sign may still come. */
  Found lookForAnswer(Node node, long nowNanos) {
    if (nowNanos - firstContentDeadline() >= 0) {
      return Found.DEADLINE;
    }
    long waited = nowNanos - sinceNanos;
    long patience = patience(node);
    long alive = rules.patienceAlive().toNanos();
    if (waited < patience) {
      dueNanos = Math.min(firstContentDeadline(), sinceNanos + patience);
      return Found.PATIENCE;
    }
    if (waited < alive && world.showsLife(node)) {
      dueNanos = Math.min(nowNanos + LOOK_AGAIN_NANOS, sinceNanos + alive);
      dueNanos = Math.min(dueNanos, firstContentDeadline());
      return Found.PATIENCE;
    }
    return Found.SILENCE;
  }

  /** Looks whether the rest of an answer may still come, whose last byte came then. */
  Found lookForRest(long lastSignNanos, long nowNanos) {
    if (nowNanos - deadline() >= 0) {
      return Found.DEADLINE;
    }
    long silence = rules.silence().toNanos();
    dueNanos = Math.min(deadline(), lastSignNanos + silence);
    return nowNanos - lastSignNanos >= silence ? Found.SILENCE : Found.PATIENCE;
  }

  /** Whether a turn that has asked nobody yet has any time left. */
  Found lookForBegin(long nowNanos) {
    return nowNanos - firstContentDeadline() >= 0 ? Found.DEADLINE : Found.PATIENCE;
  }

  private long patience(Node node) {
    return rules.patienceNanos(world.waitingTokens(node.id()));
  }
}
