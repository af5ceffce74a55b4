package io.turnpike.bench.conversation;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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

  /** Keys and values. */
  public Map<String, Object> json(long kvBytesPerToken) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("turn", turn);
    json.put("and_later", turn == POOLED);
    json.put("sent", sent);
    json.put("fine", fine);
    put(json, "ttft_ms", ttft);
    put(json, "tpot_ms", tpot);
    put(json, "e2e_ms", e2e);
    json.put("mean_prompt_tokens", promptTokens);
    json.put("mean_cached_tokens", cachedTokens);
    json.put("mean_cumulative_tokens", cumulativeTokens);
    json.put("mean_kv_mb", TurnCsv.kvMegabytes(Math.round(cumulativeTokens), kvBytesPerToken));
    json.put("routes", routes);
    return json;
  }

  private static void put(Map<String, Object> json, String name, Sample of) {
    json.put("mean_" + name, of.mean());
    json.put("p50_" + name, of.percentile(50));
    json.put("p99_" + name, of.percentile(99));
  }
}
