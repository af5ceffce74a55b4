package io.turnpike.bench.conversation;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.report.ResultHead;
import io.turnpike.bench.report.Trust;
import java.util.List;
import java.util.Map;

/**
 * What {@code bench chat} writes.
 *
 * @param counts of conversations and turns
 * @param failures by reason; {@code not_sent} for turns that could not be sent
 * @param seconds from the first turn to the last end
 * @param tokens of all turns that were fine
 * @param tokenSources where counts of answers come from
 * @param kvMoves from P to D
 * @param turns by number
 */
record ChatReport(
    @JsonUnwrapped ResultHead head,
    @JsonUnwrapped Counts counts,
    Map<String, Long> failures,
    double seconds,
    @JsonUnwrapped Tokens tokens,
    Map<TokenSource, Long> tokenSources,
    KvMoves kvMoves,
    List<TurnSummary.Line> turns,
    @JsonUnwrapped Trust trust) {

  /** Conversations, and turns asked for, sent and fine. */
  record Counts(int conversations, int turnsAsked, long turnsSent, long turnsFine) {}

  /**
   * Tokens of turns that were fine.
   *
   * @param heldTokens what conversations held at their last fine turn
   * @param heldKvMb and what that takes in the KV cache
   */
  record Tokens(
      long promptTokens, long cachedTokens, long outputTokens, long heldTokens, double heldKvMb) {}
}
