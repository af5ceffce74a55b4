package io.turnpike.simulator.connector;

import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.handoff.Handoff;
import org.jspecify.annotations.Nullable;

/** One sequence's part in a handoff. Used on the engine driver's thread, after it was planned. */
public interface Leg {

  /** A sequence without any. */
  Leg LOCAL = () -> Handoff.NONE;

  /** What the engine core has to do. */
  Handoff handoff();

  /** What came from the other engine; null when nothing did. */
  default @Nullable KvContent received() {
    return null;
  }

  /** Prompt tokens that were here before anything came; asked only when something came. */
  default int localTokens() {
    return 0;
  }

  /** {@code cached_tokens} to show instead of the engine's own count; negative for its own. */
  default int cachedTokensShown() {
    return -1;
  }

  /** The sequence was taken back or has failed. */
  default void aborted() {}

  /**
   * The {@code kv_transfer_params} of the answer as JSON; called once, when the sequence ended
   * well.
   */
  default String handover(Finished finished) {
    return "null";
  }
}
