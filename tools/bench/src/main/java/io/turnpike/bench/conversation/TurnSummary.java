package io.turnpike.bench.conversation;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.KvSize;
import io.turnpike.bench.figures.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What conversations add up to, by the number of the turn; turns from {@link #POOLED} on are told
 * together.
 *
 * @param turn counted from 1; the first of those told together
 * @param sent turns that were sent
 * @param fine those that succeeded; all figures are theirs
 * @param ttft ms, as the following
 * @param promptTokens mean
 * @param cachedTokens mean of what the server says that it found in caches
 * @param cumulativeTokens mean of prompt and answer, which is what the KV cache holds then
 * @param routes how often each
 */
public record TurnSummary(
    int turn,
    int sent,
    int fine,
    Sample ttft,
    Sample tpot,
    Sample e2e,
    double promptTokens,
    double cachedTokens,
    double cumulativeTokens,
    Map<String, Long> routes) {

  /** Turns from here on are one line. */
  public static final int POOLED = 8;

  /** By turn. */
  public static List<TurnSummary> of(Collection<Measurement> all) {
    Map<Integer, List<Measurement>> byTurn =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    m -> Math.min(POOLED, m.turn()), TreeMap::new, Collectors.toList()));
    List<TurnSummary> summaries = new ArrayList<>();
    byTurn.forEach((turn, some) -> summaries.add(of(turn, some)));
    return summaries;
  }

  private static TurnSummary of(int turn, List<Measurement> sent) {
    List<Measurement> fine = sent.stream().filter(Measurement::ok).toList();
    Map<String, Long> routes = new TreeMap<>();
    fine.forEach(m -> routes.merge(m.route().isEmpty() ? "unknown" : m.route(), 1L, Long::sum));
    return new TurnSummary(
        turn,
        sent.size(),
        fine.size(),
        Sample.of(fine, Measurement::ttftMillis),
        Sample.of(
            fine.stream().filter(m -> m.outputTokens() > 1).toList(), Measurement::tpotMillis),
        Sample.of(fine, Measurement::e2eMillis),
        mean(fine, Measurement::promptTokens),
        mean(fine, Measurement::cachedTokens),
        mean(fine, m -> m.promptTokens() + m.outputTokens()),
        routes);
  }

  private static double mean(List<Measurement> of, ToDoubleFunction<Measurement> value) {
    return Sample.of(of, value).mean();
  }

  /**
   * A line of a result file.
   *
   * @param andLater whether later turns are in it too
   */
  public record Line(
      int turn,
      boolean andLater,
      int sent,
      int fine,
      @JsonUnwrapped(suffix = "_ttft_ms") Figures ttft,
      @JsonUnwrapped(suffix = "_tpot_ms") Figures tpot,
      @JsonUnwrapped(suffix = "_e2e_ms") Figures e2e,
      double meanPromptTokens,
      double meanCachedTokens,
      double meanCumulativeTokens,
      double meanKvMb,
      Map<String, Long> routes) {}

  /** Of one measure. */
  public record Figures(double mean, double p50, double p99) {
    static Figures of(Sample sample) {
      return new Figures(sample.mean(), sample.percentile(50), sample.percentile(99));
    }
  }

  /** As it goes into a result file. */
  public Line line(KvSize kv) {
    return new Line(
        turn,
        turn == POOLED,
        sent,
        fine,
        Figures.of(ttft),
        Figures.of(tpot),
        Figures.of(e2e),
        promptTokens,
        cachedTokens,
        cumulativeTokens,
        kv.megabytes(Math.round(cumulativeTokens)),
        routes);
  }
}
