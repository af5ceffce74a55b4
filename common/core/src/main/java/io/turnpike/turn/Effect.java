package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.TurnFacts;
import org.jspecify.annotations.Nullable;

/** What is to be done for a turn, in the order in which it is said. */
public sealed interface Effect {

  /** The two places that a turn can hold. */
  enum Slot {
    /** On the node that computes the prompt for another. */
    PREFILL,
    /** On the node that is to answer. */
    ANSWER
  }

  /** Take a place on a node; the slot is free. */
  record Reserve(Slot slot, Node node, Burden burden) implements Effect {

    /** Tokens that the node will hold. */
    public long tokens() {
      return burden.tokens();
    }

    /** Tokens of the prompt that the node has to compute first. */
    public long waitingTokens() {
      return burden.computeTokens;
    }
  }

  /**
   * What a turn puts on a node.
   *
   * @param promptTokens of the whole prompt
   * @param mostTokens the most tokens of the answer; −1: only the context limits it; 0: another
   *     node answers
   * @param computeTokens of the prompt, that the node has to compute
   * @param newTokens of the prompt, that the node does not have yet
   */
  record Burden(long promptTokens, long mostTokens, long computeTokens, long newTokens) {

    /** Tokens that the node will hold. */
    long tokens() {
      return promptTokens + TurnFacts.expectedAnswerTokens(mostTokens);
    }
  }

  /** The node in the slot {@link Slot#ANSWER} has computed the prompt. */
  record PromptDone() implements Effect {}

  /** Give a slot's place back. */
  record Release(Slot slot) implements Effect {}

  /** Ask P to compute the prompt for D. */
  record SendPrefill(int leg, Node prefill, Node decode) implements Effect {}

  /**
   * Ask a node to answer.
   *
   * @param from the prefill node whose answer's parameters go along, this once; null: the client's
   *     own request
   * @param latestNanos when the request must have been written; later it is not worth it
   */
  record SendDecode(int leg, Node node, @Nullable Node from, long latestNanos) implements Effect {}

  /** End a leg: close its connection, which is how an engine is told to abort. */
  record CloseLeg(int leg) implements Effect {}

  /** Remember that this node holds the conversation's KV now. */
  record Remember(Node node) implements Effect {}

  /**
   * The request's body is needed again only if the answer breaks off. Until {@link AskTokens} it
   * may be given up for the requests of others; then the answer cannot go on.
   */
  record KeepBody() implements Effect {}

  /** Nothing can need the request's body any more. */
  record DropBody() implements Effect {}

  /** Begin to give the client the answer of this leg, and go on as it comes. */
  record Pass(int leg) implements Effect {}

  /**
   * Ask a node for the tokens of what was asked and answered so far, so that a leg can go on from
   * there.
   */
  record AskTokens(int leg, Node node) implements Effect {}

  /**
   * Give the client what comes of this leg as the rest of the answer that broke off.
   *
   * @param way that the rest takes
   */
  record GoOn(int leg, RouteDecision way) implements Effect {}

  /** Give the client what the engine of this leg said, which was no good answer. */
  record PassWords(int leg) implements Effect {}

  /**
   * Give the client an error.
   *
   * @param tries legs were tried in vain: whether a client's own retry would only repeat the work
   */
  record Answer(Failure failure, int tries) implements Effect {}

  /** End an answer of which the client has seen some with an error event. */
  record CutAnswer(Failure failure) implements Effect {}

  /** Something was learned about nodes. */
  record Note(Fact fact) implements Effect {}

  /** The turn is over; the last effect of all. */
  record End(Outcome outcome) implements Effect {}

  /** What a turn can teach about nodes. */
  sealed interface Fact {
    /**
     * It answered, whatever it said: its connections work.
     *
     * @param askedNanos when it was asked
     * @param busy whether it said that it has no room
     */
    record Answered(Node node, long askedNanos, boolean busy) implements Fact {}

    /** It could not be reached, or broke off. */
    record Broke(Node node, LegFault fault, Leg leg) implements Fact {}

    /** It was silent beyond patience, with or without signs of life. */
    record Silent(Node node, boolean alive) implements Fact {}

    /** A handoff between the two worked. */
    record HandedOff(Node prefill, Node decode) implements Fact {}

    /** A handoff between the two failed, by what one of them said. */
    record HandoffLost(Node prefill, Node decode) implements Fact {}
  }
}
