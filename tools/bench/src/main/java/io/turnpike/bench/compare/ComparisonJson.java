package io.turnpike.bench.compare;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import io.turnpike.bench.compare.Comparison.Row;
import io.turnpike.bench.compare.Comparison.Totals;
import io.turnpike.bench.engine.CacheLedger;
import io.turnpike.bench.figures.Confidence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A comparison as it stands in a result file.
 *
 * @param engineCaches by mode and role what engines counted, or {@code unknown}
 * @param verdict in words
 * @param doubts what makes it doubtful
 */
public record ComparisonJson(
    List<String> modes,
    List<Turn> turns,
    Turn laterTurns,
    Figure conversationE2eMs,
    List<Totals> totals,
    Map<String, Object> engineCaches,
    List<String> verdict,
    List<String> doubts) {

  /** One turn of all conversations. */
  public record Turn(
      int turn, int pairs, boolean sameWay, Figure ttftMs, Figure tpotMs, Figure e2eMs) {}

  /**
   * A figure of both modes.
   *
   * @param means by mode's name
   * @param speedUp time of the first ÷ time of the second
   * @param sure whether it differs beyond noise, over enough conversations, on different routes
   */
  public record Figure(
      @JsonAnyGetter Map<String, Mean> means,
      Mean difference,
      double speedUp,
      boolean withinNoise,
      boolean sure) {}

  /** A mean and half of its 95 % interval; NaN for none. */
  public record Mean(double mean, double ci95) {
    static Mean of(Confidence confidence) {
      return new Mean(confidence.mean(), confidence.half());
    }
  }

  /** Of a comparison. */
  public static ComparisonJson of(Comparison comparison, Map<String, CacheLedger> caches) {
    List<String> modes = comparison.modes();
    Map<String, Object> byMode = new LinkedHashMap<>();
    caches.forEach((mode, ledger) -> byMode.put(mode, roles(ledger)));
    return new ComparisonJson(
        modes,
        comparison.turns().stream().map(row -> turn(row, modes)).toList(),
        turn(comparison.later(), modes),
        figure(comparison.conversation(), modes, Comparison.isSure(comparison.conversation())),
        comparison.totals(),
        byMode,
        Verdict.of(comparison),
        Verdict.doubts(comparison));
  }

  private static Turn turn(Row row, List<String> modes) {
    return new Turn(
        row.turn(),
        row.pairs(),
        row.sameWay(),
        figure(row.ttft(), modes, row.isSure(row.ttft())),
        figure(row.tpot(), modes, row.isSure(row.tpot())),
        figure(row.e2e(), modes, row.isSure(row.e2e())));
  }

  private static Figure figure(Paired of, List<String> modes, boolean sure) {
    Map<String, Mean> means = new LinkedHashMap<>();
    means.put(modes.get(0), Mean.of(of.first()));
    means.put(modes.get(1), Mean.of(of.second()));
    return new Figure(means, Mean.of(of.difference()), of.speedUp(), of.isWithinNoise(), sure);
  }

  private static Object roles(CacheLedger ledger) {
    if (ledger.byRole().isEmpty()) {
      return "unknown";
    }
    Map<String, Object> roles = new LinkedHashMap<>();
    ledger.byRole().forEach((role, counts) -> roles.put(role, counts == null ? "unknown" : counts));
    return roles;
  }
}
