package io.turnpike.turn;

import org.jspecify.annotations.Nullable;

/**
 * Whether an answer that breaks off goes on elsewhere, and how far that has come.
 *
 * <pre>
 *   passing ── cut ── tokens asked ── known ── legs ── passing ── cut ── … at most twice
 *                 └──────── whatever fails in between ends the turn as cut
 * </pre>
 */
final class Resuming {

  private boolean allowed;
  private int begun;
  private boolean tokensKnown;
  private @Nullable Failure cut;

  void recognised(Event.IfCut ifCut) {
    allowed = ifCut == Event.IfCut.GO_ON;
  }

  /** Whether an answer that breaks off now goes on, so that its request may still be of use. */
  boolean isAllowed() {
    return allowed && begun < TurnRules.MAX_RESUMES;
  }

  /** The answer broke off. */
  void begin(Failure failure) {
    begun++;
    tokensKnown = false;
    cut = failure;
  }

  /** Why the answer broke off that is to go on; null: none is. */
  @Nullable Failure cut() {
    return cut;
  }

  /** Whether the next way begins with asking for tokens. */
  boolean asksTokens() {
    return cut != null && !tokensKnown;
  }

  void tokensKnown() {
    tokensKnown = true;
  }

  /** It goes on. */
  void goesOn() {
    cut = null;
  }
}
