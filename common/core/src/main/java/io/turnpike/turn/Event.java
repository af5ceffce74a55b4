package io.turnpike.turn;

import io.turnpike.node.NodeId;
import io.turnpike.routing.TurnFacts;

/**
 * What happens to a turn. Legs are numbered by the effects that sent them; what comes of a leg that
 * was given up meanwhile is ignored.
 */
public sealed interface Event {

  /**
   * The conversation is known as far as it can be: the turn may be decided.
   *
   * @param ifCut what an answer comes to that breaks off
   */
  record Recognised(TurnFacts facts, IfCut ifCut) implements Event {}

  /** What an answer comes to that breaks off after the client has seen some of it. */
  enum IfCut {
    /** It may go on elsewhere, as far as its request is concerned. */
    GO_ON,
    /** Its client is told. */
    TELL
  }

  /**
   * P answered, wholly.
   *
   * @param status of HTTP
   * @param json whether the body is one JSON object
   * @param params whether that has {@code kv_transfer_params}
   * @param said whether there are words for the client if nothing better comes
   */
  record PrefillAnswered(int leg, int status, boolean json, boolean params, boolean said)
      implements Event {}

  /**
   * The answer to the leg that decodes proved to be something; never {@link Verdict#HELD}.
   *
   * @param status of HTTP
   * @param said whether the engine's own words can be given to the client if nothing better comes
   */
  record Judged(int leg, Verdict verdict, int status, boolean said) implements Event {

    /** What the engine did, for people; its name goes before it. */
    String what() {
      if (status != 200) {
        return "answered " + status;
      }
      return switch (verdict) {
        case CUT -> "broke its answer off";
        case EMPTY -> "answered nothing";
        default -> "failed in a 200";
      };
    }
  }

  /**
   * What was asked and answered so far is known in tokens, and another leg can go on from there.
   *
   * @param promptTokens both together: the prompt of that leg
   * @param maxTokens that the rest of the answer may have; −1: only the context limits it
   */
  record TokensKnown(int leg, long promptTokens, long maxTokens) implements Event {}

  /**
   * No leg can go on where the answer broke off.
   *
   * @param what why, for people
   */
  record NotResumable(int leg, String what) implements Event {}

  /** A leg broke without an answer, or in the middle of one. */
  record LegBroke(int leg, LegFault fault, String what) implements Event {}

  /**
   * The answer that is being passed on came to its end.
   *
   * @param ending how
   * @param what what was wrong with it, for people
   */
  record AnswerEnded(int leg, Ending ending, String what) implements Event {}

  /** How an answer ends that the client has seen the beginning of. */
  enum Ending {
    /** As it should. */
    WHOLE,
    /** With an error event of the engine's, which the client has seen. */
    WITH_ERROR,
    /** Too early. */
    CUT
  }

  /** A node refuses connections, has left, or is in another life. */
  record NodeLost(NodeId node) implements Event {}

  /**
   * The time has come that {@link TurnMachine#dueNanos} named.
   *
   * @param lastSignNanos when the engine that is being passed on gave its last byte, or when we
   *     last did not let it
   */
  record Woke(long lastSignNanos) implements Event {}

  /** The client hung up. */
  record ClientLeft() implements Event {}

  /** The client has taken no byte for longer than it may. */
  record ClientStalled() implements Event {}
}
