package io.turnpike.gateway;

import io.turnpike.engine.http.LegCall;
import org.jspecify.annotations.Nullable;

/** One leg of a turn, and what came of it so far. For the loop of its turn. */
abstract class TurnLeg {

  final int number;
  final TurnEvents events;
  private @Nullable LegCall call;

  TurnLeg(int number, TurnEvents events) {
    this.number = number;
    this.events = events;
  }

  /**
   * What an engine said that is no good answer.
   *
   * @param contentType as the engine gave it; null: JSON
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way, never compared
  record Words(int status, @Nullable String contentType, byte[] body) {}

  void started(LegCall under) {
    call = under;
  }

  /** Whether more of the answer is read. */
  void read(boolean wanted) {
    if (call != null) {
      call.read(wanted);
    }
  }

  /** Gives the leg up: its connection closes, and what is held of it is released. */
  void cancel() {
    if (call != null) {
      call.cancel();
    }
    dispose();
  }

  /** Releases what is held of the answer; harmless after it has been passed on. */
  abstract void dispose();

  /** What the engine said, if that is to be passed on. */
  abstract Words words();
}
