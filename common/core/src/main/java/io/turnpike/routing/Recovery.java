package io.turnpike.routing;

import io.turnpike.node.Node;
import io.turnpike.routing.RouteDecision.DecodeDirect;
import io.turnpike.routing.RouteDecision.Disaggregated;
import io.turnpike.routing.RouteDecision.Rejected;
import io.turnpike.routing.RouteDecision.Replica;
import java.util.random.RandomGenerator;

/**
 * What to do when a leg failed before the client saw anything. The view given must already rule out
 * what failed: a node that does not answer, a prefill node of a lost handoff.
 *
 * <p>Parameters of a handoff are never used again: whatever is decided here starts with a new
 * prefill, or gives D the plain prompt (vLLM 0.32 answers used parameters with a wrong text).
 */
public final class Recovery {

  private Recovery() {}

  /** What went wrong. */
  public enum Failure {
    /** The prefill leg did not give an answer that can be used. */
    PREFILL,
    /** D did not take the KV that P had ready, or P answered without parameters. */
    HANDOFF,
    /** D (or a replica) failed on a plain prompt, or cannot be reached. */
    DECODE
  }

  /**
   * The next try.
   *
   * @param failed what was tried
   * @param failure which part of it failed
   * @param turn the turn
   * @param view the world less what failed
   * @param random breaks ties
   */
  public static RouteDecision next(
      RouteDecision failed,
      Failure failure,
      TurnFacts turn,
      RoutingView view,
      RandomGenerator random) {
    return switch (failed) {
      case Disaggregated(Node prefill, Node decode, Reason why) ->
          failure == Failure.DECODE || !view.usability().node(decode)
              ? elsewhere(turn, view, random)
              : sameDecode(decode, failure, turn, view, random);
      case DecodeDirect(Node decode, Reason why) -> elsewhere(turn, view, random);
      case Replica(Node replica, Reason why) ->
          switch (new ReplicaPolicy().decide(turn, view, random)) {
            case Replica(Node other, Reason reason) -> new Replica(other, Reason.DECODE_FAILED);
            case RouteDecision other -> other;
          };
      case Rejected rejected -> rejected;
    };
  }

  private static RouteDecision sameDecode(
      Node decode, Failure failure, TurnFacts turn, RoutingView view, RandomGenerator random) {
    Reason reason = failure == Failure.PREFILL ? Reason.PREFILL_FAILED : Reason.HANDOFF_LOST;
    Node prefill = Pairing.prefillFor(decode, turn, view, random);
    return prefill == null
        ? Pairing.alone(decode, view, failure == Failure.PREFILL ? Reason.NO_PREFILL : reason)
        : new Disaggregated(prefill, decode, reason);
  }

  private static RouteDecision elsewhere(TurnFacts turn, RoutingView view, RandomGenerator random) {
    return Pairing.place(turn, view, random, Reason.DECODE_FAILED);
  }
}
