package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.turn.Effect.Burden;
import io.turnpike.turn.Effect.Slot;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a turn holds of others: legs under way, places on nodes, the request's body. Each is given
 * back once, and the effect that does it is said here and nowhere else.
 */
final class Holdings {

  private final Consumer<Effect> say;
  private int lastLeg;
  private int prefillLeg;
  private int decodeLeg;
  private @Nullable Node handedFrom;
  private boolean holdsPrefill;
  private boolean holdsAnswer;
  private boolean holdsBody = true;

  Holdings(Consumer<Effect> say) {
    this.say = say;
  }

  void reservePrefill(Node node, long tokens) {
    holdsPrefill = true;
    Burden burden = new Burden(tokens, 0, tokens, tokens);
    say.accept(new Effect.Reserve(Slot.PREFILL, node, burden));
  }

  /** Moves the turn to another place; the one before is given back. */
  void reserveAnswer(Node node, Burden burden) {
    release(Slot.ANSWER);
    holdsAnswer = true;
    say.accept(new Effect.Reserve(Slot.ANSWER, node, burden));
  }

  void sendPrefill(Node prefill, Node decode) {
    prefillLeg = ++lastLeg;
    say.accept(new Effect.SendPrefill(prefillLeg, prefill, decode));
  }

  void sendDecode(Node node, @Nullable Node from, long latestNanos) {
    decodeLeg = ++lastLeg;
    handedFrom = from;
    say.accept(new Effect.SendDecode(decodeLeg, node, from, latestNanos));
  }

  void askTokens(Node node) {
    decodeLeg = ++lastLeg;
    handedFrom = null;
    say.accept(new Effect.AskTokens(decodeLeg, node));
  }

  boolean isPrefill(int leg) {
    return leg != 0 && leg == prefillLeg;
  }

  boolean isDecode(int leg) {
    return leg != 0 && leg == decodeLeg;
  }

  boolean prefillUnderWay() {
    return prefillLeg != 0;
  }

  boolean decodeUnderWay() {
    return decodeLeg != 0;
  }

  int decodeLeg() {
    return decodeLeg;
  }

  /** Whose handoff the decode leg under way is to take; null: none, or no leg. */
  @Nullable Node handedFrom() {
    return decodeLeg == 0 ? null : handedFrom;
  }

  /** The prefill leg is over by itself. */
  void prefillEnded() {
    prefillLeg = 0;
    release(Slot.PREFILL);
  }

  /** The decode leg is over by itself. */
  void decodeEnded() {
    decodeLeg = 0;
  }

  /** The node that was to answer has no work for the turn any more. */
  void releaseAnswer() {
    release(Slot.ANSWER);
  }

  void closePrefill() {
    if (prefillLeg != 0) {
      say.accept(new Effect.CloseLeg(prefillLeg));
    }
    prefillEnded();
  }

  void closeDecode() {
    if (decodeLeg != 0) {
      say.accept(new Effect.CloseLeg(decodeLeg));
      decodeLeg = 0;
    }
  }

  void dropBody() {
    if (holdsBody) {
      holdsBody = false;
      say.accept(new Effect.DropBody());
    }
  }

  void giveAllBack() {
    closePrefill();
    closeDecode();
    release(Slot.ANSWER);
    dropBody();
  }

  private void release(Slot slot) {
    boolean held = slot == Slot.PREFILL ? holdsPrefill : holdsAnswer;
    if (held) {
      say.accept(new Effect.Release(slot));
    }
    if (slot == Slot.PREFILL) {
      holdsPrefill = false;
    } else {
      holdsAnswer = false;
    }
  }
}
