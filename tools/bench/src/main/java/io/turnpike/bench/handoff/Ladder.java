package io.turnpike.bench.handoff;

import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.handoff.Slope.Point;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What trials of growing prompts say about the handoff.
 *
 * @param rungs by prompt length
 * @param perToken how the extra time of the handoff grows, ms a token
 * @param kvBytesPerToken of the model
 * @param failures trials that do not count, by reason
 */
public record Ladder(
    List<Rung> rungs, Slope perToken, long kvBytesPerToken, Map<String, Long> failures) {

  /**
   * Prompts of one length.
   *
   * @param asked tokens that were meant
   * @param promptTokens as the server counts them, median; as meant where it does not
   * @param handoff time to first token through P, ms
   * @param direct on D alone, ms
   * @param extra handoff minus direct, repeat by repeat, ms
   * @param prefill P's part, by receipts; NaN without, as the following
   * @param decodeAfter D's part after P, to its first token
   * @param decodeAlone D's part on its own
   * @param gateway the gateway's own part of the handoff
   */
  public record Rung(
      int asked,
      double promptTokens,
      MedianInterval handoff,
      MedianInterval direct,
      MedianInterval extra,
      double prefill,
      double decodeAfter,
      double decodeAlone,
      double gateway) {}

  /** Of trials. */
  public static Ladder of(Collection<Trial> trials, long kvBytesPerToken) {
    Map<Integer, List<Trial>> byLength =
        trials.stream()
            .collect(Collectors.groupingBy(Trial::asked, TreeMap::new, Collectors.toList()));
    List<Rung> rungs = new ArrayList<>();
    List<Point> points = new ArrayList<>();
    byLength.forEach(
        (asked, some) -> {
          Rung rung = rung(asked, some);
          rungs.add(rung);
          for (double extra : extras(some)) {
            points.add(new Point(rung.promptTokens(), extra));
          }
        });
    Map<String, Long> failures = new TreeMap<>();
    trials.stream()
        .filter(trial -> !trial.counts())
        .forEach(t -> failures.merge(t.way().word() + " " + t.problem(), 1L, Long::sum));
    return new Ladder(rungs, Slope.of(points), kvBytesPerToken, failures);
  }

  /** The rate that the growth means, GB/s; what is paid for every prompt is not in it. */
  public double gigabytesPerSecond() {
    return perToken.isMeasurable() ? kvBytesPerToken / perToken.perUnit() / 1e6 : Double.NaN;
  }

  private static Rung rung(int asked, List<Trial> trials) {
    double counted = median(trials, Trial::counts, t -> t.measured().promptTokens());
    return new Rung(
        asked,
        counted > 0 ? counted : asked,
        ttft(trials, Way.HANDOFF),
        ttft(trials, Way.DIRECT),
        MedianInterval.of(extras(trials)),
        legs(trials, Way.HANDOFF, LegTimes::prefill),
        legs(trials, Way.HANDOFF, LegTimes::decodeFirst),
        legs(trials, Way.DIRECT, LegTimes::decodeFirst),
        legs(trials, Way.HANDOFF, LegTimes::gateway));
  }

  private static MedianInterval ttft(List<Trial> trials, Way way) {
    return MedianInterval.of(
        trials.stream()
            .filter(t -> t.way() == way && t.counts())
            .mapToDouble(t -> t.measured().ttftFromSendMillis())
            .toArray());
  }

  /** Repeats that count both ways. */
  private static double[] extras(List<Trial> trials) {
    Map<Integer, Double> direct =
        trials.stream()
            .filter(t -> t.way() == Way.DIRECT && t.counts())
            .collect(Collectors.toMap(Trial::repeat, t -> t.measured().ttftFromSendMillis()));
    return trials.stream()
        .filter(t -> t.way() == Way.HANDOFF && t.counts() && direct.containsKey(t.repeat()))
        .mapToDouble(
            t -> t.measured().ttftFromSendMillis() - direct.getOrDefault(t.repeat(), Double.NaN))
        .toArray();
  }

  private static double legs(List<Trial> trials, Way way, ToDoubleFunction<LegTimes> part) {
    return median(
        trials,
        t -> t.way() == way && t.counts() && t.legs().isKnown(),
        t -> part.applyAsDouble(t.legs()));
  }

  private static double median(
      List<Trial> trials, Predicate<Trial> which, ToDoubleFunction<Trial> value) {
    Sample sample = Sample.of(trials.stream().filter(which).toList(), value);
    return sample.count() == 0 ? Double.NaN : sample.percentile(50);
  }
}
