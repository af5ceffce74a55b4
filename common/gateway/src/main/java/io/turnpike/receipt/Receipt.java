package io.turnpike.receipt;

import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import io.turnpike.routing.Predicted;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a turn after its last byte. Nothing that a client sent is in it.
 *
 * @param id 32 hexadecimal digits, also in the answer's {@code X-Turnpike-Receipt}
 * @param trace the id of its trace, 32 hexadecimal digits; null: turns leave none
 * @param at when the request arrived
 * @param caller the id of whose key it was; null: nobody's
 * @param mode the mode that decided: {@code pd}, {@code ppd} or {@code replication}
 * @param conversation a hash that all turns of a conversation share as far as it is known, or null
 * @param turn 1 for a first turn; 0: never recognised
 * @param match how the conversation was recognised
 * @param troubles what failed before the answer was whole, in order
 * @param lostHandoffs handoffs that failed and were run again
 * @param resumed where the answer went on after it had broken off, in order; route and nodes are
 *     those with which it began
 * @param status the HTTP status that the client got; 0: it left before one
 * @param promptTokens -1: not known
 * @param cachedTokens prompt tokens that were not computed again, as the engine says; -1: not known
 * @param completionTokens from the engine's usage, or events with content where it says none; -1:
 *     not known
 * @param timing when what happened
 * @param predicted what paths were expected to cost; null: they were not priced
 */
public record Receipt(
    String id,
    @Nullable String trace,
    Instant at,
    TurnApi api,
    @Nullable String caller,
    @Nullable String model,
    boolean stream,
    String mode,
    Route route,
    Reason reason,
    @Nullable NodeId prefill,
    @Nullable NodeId decode,
    @Nullable String conversation,
    int turn,
    String match,
    List<String> troubles,
    int lostHandoffs,
    List<Resumed> resumed,
    int status,
    Outcome outcome,
    long promptTokens,
    long cachedTokens,
    long completionTokens,
    Timing timing,
    @Nullable Predicted predicted) {

  /**
   * Tokens that count against whoever asked: what engines computed or had, none if there was no
   * answer.
   *
   * @param estimate of the prompt, where no engine told
   */
  public long usedTokens(long estimate) {
    if (status != 200) {
      return 0;
    }
    return (promptTokens >= 0 ? promptTokens : estimate) + Math.max(0, completionTokens);
  }

  /**
   * Milliseconds of a turn's parts; NaN where there was none.
   *
   * <pre>
   *   arrival ── recognised ── P sent ── P answered ── D sent ── first content ── last byte
   *   |-- recogniseMs --|       |-- prefillMs --|       |-- decodeFirstMs --|
   *   |--------------------------- ttftMs ------------------------------------|
   *   |---------------------------------------- totalMs ------------------------------------|
   * </pre>
   *
   * @param decodeMs from sending the decode leg to its last byte
   */
  public record Timing(
      double recogniseMs,
      double prefillMs,
      double decodeFirstMs,
      double decodeMs,
      double ttftMs,
      double totalMs) {

    /** What the turn took beside its legs. */
    public double overheadMs() {
      return totalMs - zeroIfNone(prefillMs) - zeroIfNone(decodeMs);
    }

    private static double zeroIfNone(double ms) {
      return Double.isNaN(ms) ? 0 : ms;
    }
  }
}
