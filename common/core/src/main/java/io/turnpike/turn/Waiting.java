package io.turnpike.turn;

import io.turnpike.node.Node;
import org.jspecify.annotations.Nullable;

/**
 * What a turn waits for, and until when: an engine's first sign, the next byte of an answer, and
 * the turn's own deadlines.
 *
 * <pre>
 *   arrival ─────────────── first content within ──┤
 *   leg sent ── patience ──┤ silent, unless the node shows life:
 *            ── at least while alive ──┤ silent, unless it works off its queue:
 *      an earlier one answered ── the same ──┤ silent
 *                              first content ── silence ──┤ silent
 *   arrival ──────────────────────────────────────── within ──┤
 * </pre>
 *
 * Patience is what the node had to do when the leg was sent: work that comes to it later waits
 * behind this turn, and must not make a node that hangs look busy for ever. What holds a turn up
 * besides prompts is not known: a decode engine whose KV memory is full lets handoffs wait until
 * others have ended. But engines go in order, so one that answers turns that asked before this one
 * is on its way to it, and one that answers only later ones has lost it.
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
  private long firstContentDeadline;
  private @Nullable Node node;
  private long sinceNanos;
  private long onItsWayNanos;
  private long patienceNanos;
  private long dueNanos;

  Waiting(TurnRules rules, TurnWorld world, long beganNanos) {
    this.rules = rules;
    this.world = world;
    this.beganNanos = beganNanos;
    forFirstContent(beganNanos);
  }

  /** From now on the first content is waited for, or that of the rest of a broken answer. */
  void forFirstContent(long nowNanos) {
    firstContentDeadline = Math.min(nowNanos + rules.firstContentWithin().toNanos(), deadline());
    dueNanos = firstContentDeadline;
  }

  long dueNanos() {
    return dueNanos;
  }

  long firstContentDeadline() {
    return firstContentDeadline;
  }

  private long deadline() {
    return beganNanos + rules.within().toNanos();
  }

  /**
   * A leg was sent, or another one is what its answer waits for now.
   *
   * @param ownTokens that the node has to compute for this turn, besides what waits there
   */
  void forAnswer(Node asked, long ownTokens, long nowNanos) {
    node = asked;
    sinceNanos = nowNanos;
    onItsWayNanos = nowNanos;
    patienceNanos = rules.patienceNanos(world.waitingTokens(asked.id()) + ownTokens);
    dueNanos = Math.min(firstContentDeadline(), nowNanos + patienceNanos);
  }

  /** The first content came. */
  void forRest(long nowNanos) {
    dueNanos = Math.min(deadline(), nowNanos + rules.silence().toNanos());
  }

  /** Looks whether the first content may still come. */
  Found lookForAnswer(long nowNanos) {
    if (isTooLate(nowNanos)) {
      return Found.DEADLINE;
    }
    long patienceEnds = sinceNanos + patienceNanos;
    if (node == null || nowNanos - patienceEnds < 0) {
      return Found.PATIENCE;
    }
    long aliveEnds = onItsWayNanos(node) + rules.patienceAlive().toNanos();
    if (nowNanos - aliveEnds < 0 && world.showsLife(node)) {
      dueNanos = Math.min(nowNanos + LOOK_AGAIN_NANOS, aliveEnds);
      dueNanos = Math.min(dueNanos, firstContentDeadline());
      return Found.PATIENCE;
    }
    return Found.SILENCE;
  }

  /** When the node was last seen to come nearer to this turn. */
  private long onItsWayNanos(Node asked) {
    Progress progress = world.progress(asked.id());
    if (progress != null
        && progress.isBefore(sinceNanos)
        && progress.atNanos() - onItsWayNanos > 0) {
      onItsWayNanos = progress.atNanos();
    }
    return onItsWayNanos;
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

  /** Whether the first content cannot come in time any more. */
  boolean isTooLate(long nowNanos) {
    return nowNanos - firstContentDeadline() >= 0;
  }
}
