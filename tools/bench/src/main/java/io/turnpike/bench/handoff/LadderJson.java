package io.turnpike.bench.handoff;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.handoff.Ladder.Rung;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A ladder as it stands in a result file.
 *
 * @param rungs by prompt length
 * @param growth of the extra time
 * @param fixedMs what is paid for every prompt
 * @param measurable whether it surely grows
 * @param impliedGbPerS KV bytes a token ÷ growth
 * @param transportsGbPerS what transports reach in practice
 * @param failures trials that do not count, by reason
 * @param verdict in words
 */
public record LadderJson(
    List<Length> rungs,
    @JsonUnwrapped Growth growth,
    double fixedMs,
    boolean measurable,
    double impliedGbPerS,
    @Nullable String nearestTransport,
    Map<String, Double> transportsGbPerS,
    Map<String, Long> failures,
    List<String> verdict) {

  /** Milliseconds per 1,000 tokens, and their 95 % interval. */
  public record Growth(
      @JsonProperty("ms_per_1000_tokens") double median,
      @JsonProperty("ms_per_1000_tokens_low") double low,
      @JsonProperty("ms_per_1000_tokens_high") double high) {}

  /**
   * Prompts of one length; times are medians, NaN where no receipt says.
   *
   * @param askedTokens that were meant
   * @param promptTokens that the server counted
   */
  public record Length(
      int askedTokens,
      double promptTokens,
      MedianInterval handoffTtftMs,
      MedianInterval directTtftMs,
      MedianInterval extraMs,
      boolean measurable,
      double pPrefillMs,
      double dAfterMs,
      double dAloneMs,
      double gatewayMs) {

    static Length of(Rung rung) {
      return new Length(
          rung.asked(),
          rung.promptTokens(),
          rung.handoff(),
          rung.direct(),
          rung.extra(),
          rung.extra().isMeasurable(),
          rung.prefill(),
          rung.decodeAfter(),
          rung.decodeAlone(),
          rung.gateway());
    }
  }

  /** Of a ladder. */
  public static LadderJson of(Ladder ladder) {
    Slope slope = ladder.perToken();
    double rate = ladder.gigabytesPerSecond();
    Map<String, Double> transports = new LinkedHashMap<>();
    Arrays.stream(Transport.values())
        .forEach(one -> transports.put(one.title(), one.gigabytesPerSecond()));
    return new LadderJson(
        ladder.rungs().stream().map(Length::of).toList(),
        new Growth(slope.perUnit() * 1000, slope.low() * 1000, slope.high() * 1000),
        slope.fixed(),
        slope.isMeasurable(),
        rate,
        Double.isNaN(rate) ? null : Transport.nearest(rate).title(),
        transports,
        ladder.failures(),
        HandoffTable.verdict(ladder));
  }
}
