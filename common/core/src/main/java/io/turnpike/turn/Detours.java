package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Suspicion;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Recovery;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.RoutingView;
import io.turnpike.routing.RoutingView.Usability;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which way a turn takes after one failed, in the order in which they are worth it. Null: none is
 * left.
 *
 * <p>Of the {@value TurnRules#MAX_TRIES} tries at most {@value TurnRules#MAX_PREFILLS_IN_VAIN} are
 * spent on handoffs that fail, where D can do without: a fault that all handoffs share (a network
 * between engines that is down) must leave tries for the plain prompt.
 */
final class Detours {

  private final RoutingPolicy policy;
  private final TurnWorld world;
  private final RandomGenerator random;
  private final Attempts attempts;

  Detours(RoutingPolicy policy, TurnWorld world, RandomGenerator random, Attempts attempts) {
    this.policy = policy;
    this.world = world;
    this.random = random;
    this.attempts = attempts;
  }

  /** The world less what this turn tried in vain. */
  RoutingView view() {
    RoutingView all = world.view();
    return new RoutingView(all.cluster(), all.load(), attempts.over(all.usability()));
  }

  /**
   * P failed: another P, then D alone.
   *
   * @param another whether another P may do better than D alone
   */
  @Nullable RouteDecision afterPrefill(Way way, String what, boolean another) {
    attempts.trouble("prefill " + way.prefill().id() + " " + what);
    attempts.prefillFailed(way.prefill());
    boolean askAnother = another && attempts.mayPrefill();
    Reason alone = askAnother ? Reason.NO_PREFILL : Reason.PREFILL_FAILED;
    return withoutPrefill(way, askAnother, Reason.PREFILL_FAILED, alone);
  }

  /** P answered, but with nothing that D could take: another P, then D alone. */
  @Nullable RouteDecision afterNoParams(Way way) {
    attempts.trouble(way.handoff(way.prefill()) + ": prefill gave no kv_transfer_params");
    attempts.handoffFailed(way.prefill(), way.answering());
    Reason reason = Reason.HANDOFF_LOST;
    return withoutPrefill(way, attempts.mayPrefill(), reason, reason);
  }

  /**
   * P refuses our copy of the request: D has the last word on the client's own, or another node if
   * that one cannot any more, or never could; no other P is asked.
   */
  @Nullable RouteDecision afterRefusal(Way way, String what) {
    attempts.trouble("prefill " + way.prefill().id() + " " + what);
    attempts.prefillRefused();
    if (attempts.isExhausted()) {
      return null;
    }
    Node decode = way.answering();
    RouteDecision next = isStillGood(decode) ? plain(decode, Reason.PREFILL_FAILED) : null;
    return next == null ? elsewhere(way, decode, Reason.PREFILL_FAILED) : next;
  }

  /** D could not take what P handed over: the same D through another P, then elsewhere. */
  @Nullable RouteDecision afterHandoff(Way way, String what, Node from) {
    Node decode = way.answering();
    attempts.trouble(way.handoff(from) + ": " + decode.id() + " " + what);
    attempts.handoffFailed(from, decode);
    if (attempts.isExhausted()) {
      return null;
    }
    boolean again = attempts.mayPrefill() && isStillGood(decode);
    RouteDecision next = again ? anotherPrefill(way, decode, Reason.HANDOFF_LOST) : null;
    return next == null ? elsewhere(way, decode, Reason.HANDOFF_LOST) : next;
  }

  /**
   * The node that was to answer failed by itself: elsewhere.
   *
   * @param from whose handoff was for nothing; null: none was
   */
  @Nullable RouteDecision afterDecode(Way way, String what, @Nullable Node from) {
    Node node = way.answering();
    attempts.trouble((from == null ? "" : way.handoff(from) + ": ") + node.id() + " " + what);
    attempts.failedByItself(node);
    if (from != null) {
      attempts.handoffLost(from, node);
    }
    Reason reason = from == null ? Reason.DECODE_FAILED : Reason.HANDOFF_LOST;
    return attempts.isExhausted() ? null : elsewhere(way, node, reason);
  }

  /**
   * The node broke its answer off: wherever a new turn would go, or else where one would go whose
   * node failed before its first content.
   */
  @Nullable RouteDecision afterCut(Way way, String what) {
    Node node = way.answering();
    attempts.trouble(node.id() + " " + what);
    attempts.beginAfterCut(node);
    RouteDecision next = policy.decide(way.facts(), view(), random);
    Node another = next.answering();
    return another != null && another.isReady() ? next : elsewhere(way, node, Reason.DECODE_FAILED);
  }

  /** What was decided before tokens were asked; another way if its handoff is ruled out by now. */
  @Nullable RouteDecision stillGood(Way way) {
    RouteDecision planned = Objects.requireNonNull(way.decision());
    return planned instanceof Split split
            && !view().usability().pair(split.prefill(), split.decode())
        ? withoutPrefill(way, true, planned.reason(), Reason.PAIR_SUSPENDED)
        : planned;
  }

  private @Nullable RouteDecision withoutPrefill(
      Way way, boolean askAnother, Reason through, Reason alone) {
    Node decode = way.answering();
    if (attempts.isExhausted()) {
      return null;
    }
    if (!isStillGood(decode)) {
      return elsewhere(way, decode, through);
    }
    RouteDecision next = askAnother ? anotherPrefill(way, decode, through) : null;
    if (next == null) {
      next = plain(decode, alone);
    }
    if (next == null && !attempts.mayPrefill()) {
      next = withoutHandoff(way, decode, through);
    }
    if (next == null) {
      next = anotherPrefill(way, decode, through);
    }
    return next == null ? elsewhere(way, decode, through) : next;
  }

  /**
   * Another node that is ready; none: one that was left without having failed by itself, with the
   * plain prompt; none: one that is suspect, but listens; none: the same one, once a turn; none:
   * one whose port refuses connections.
   */
  private @Nullable RouteDecision elsewhere(Way way, Node node, Reason reason) {
    attempts.leave(node);
    RouteDecision next = policy.elsewhere(way.facts(), view(), random, reason);
    Node another = next.answering();
    if (another == null || !another.isReady()) {
      RouteDecision unfailed = oneThatWasLeft(reason);
      if (unfailed != null) {
        return unfailed;
      }
    }
    if (another == null || another.suspicion() == Suspicion.REFUSED) {
      RouteDecision again = theSame(way, reason);
      if (again != null || another == null) {
        return again;
      }
    }
    if (!(next instanceof Split) || attempts.mayPrefill()) {
      return next;
    }
    RouteDecision plain = plain(another, next.reason());
    if (plain == null) {
      plain = withoutHandoff(way, node, reason);
    }
    return plain == null ? next : plain;
  }

  /** A node that is ready and needs no handoff, where the one that was to answer does. */
  private @Nullable RouteDecision withoutHandoff(Way way, Node node, Reason reason) {
    RoutingView all = world.view();
    Usability plain = attempts.withoutHandoffs(all.usability());
    RoutingView view = new RoutingView(all.cluster(), all.load(), plain);
    RouteDecision next = policy.elsewhere(way.facts(), view, random, reason);
    Node another = next.answering();
    if (another == null || !another.isReady()) {
      return null;
    }
    attempts.leave(node);
    return next;
  }

  private @Nullable RouteDecision oneThatWasLeft(Reason reason) {
    RoutingView all = world.view();
    for (NodeId id : attempts.leftUnfailed()) {
      Node present = all.cluster().node(id);
      if (present != null && present.isReady() && all.usability().alone(present)) {
        return policy.alone(present, reason);
      }
    }
    return null;
  }

  private @Nullable RouteDecision theSame(Way way, Reason reason) {
    Node present = leastSuspect(attempts.left());
    if (present == null || !attempts.takeLastChance()) {
      return null;
    }
    RouteDecision plain = plain(present, reason);
    if (plain != null) {
      return plain;
    }
    attempts.forgivePrefills(present);
    return anotherPrefill(way, present, reason);
  }

  /** Of nodes that were left, the last but for those that are more suspect than another. */
  private @Nullable Node leastSuspect(List<NodeId> left) {
    Node best = null;
    for (NodeId id : left) {
      Node present = world.view().cluster().node(id);
      if (present != null
          && present.state() != NodeState.GONE
          && (best == null || doubt(present) <= doubt(best))) {
        best = present;
      }
    }
    return best;
  }

  private static int doubt(Node node) {
    if (node.isReady()) {
      return 0;
    }
    return node.suspicion() == Suspicion.REFUSED ? 2 : 1;
  }

  private @Nullable RouteDecision plain(Node node, Reason reason) {
    return Recovery.plain(policy, node, view(), reason);
  }

  private @Nullable RouteDecision anotherPrefill(Way way, Node decode, Reason reason) {
    return Recovery.anotherPrefill(decode, way.facts(), view(), random, reason);
  }

  /** Whether a node is ready, in the same life, and not of ill repute. */
  private boolean isStillGood(Node node) {
    RoutingView view = view();
    Node present = view.cluster().node(node.id());
    return present != null
        && present.isReady()
        && present.epoch().equals(node.epoch())
        && view.usability().node(present);
  }
}
