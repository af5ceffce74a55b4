package io.turnpike.bench.compare;

import io.turnpike.bench.figures.Confidence;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A figure of two modes on the same conversations, a pair of values for each conversation.
 *
 * @param first of the first mode
 * @param second of the second mode
 * @param difference first minus second, pair by pair, so that what makes conversations differ from
 *     each other is not in it
 */
public record Paired(Confidence first, Confidence second, Confidence difference) {

  /** Of values in the same order. */
  public static Paired of(double[] first, double[] second) {
    double[] differences = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      differences[i] = first[i] - second[i];
    }
    return new Paired(Confidence.of(first), Confidence.of(second), Confidence.of(differences));
  }

  /** How many times as fast the second is: above 1 it is ahead. */
  public double speedUp() {
    return second.mean() > 0 ? first.mean() / second.mean() : Double.NaN;
  }

  /** Whether the 95 % interval of the difference has zero in it, or there is no interval. */
  public boolean isWithinNoise() {
    return !difference.isKnown() || Math.abs(difference.mean()) <= difference.half();
  }

  /** Keys and values; no interval is null. */
  Map<String, Object> json(String firstMode, String secondMode) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, firstMode, first);
    put(json, secondMode, second);
    put(json, "difference", difference);
    json.put("speed_up", Double.isNaN(speedUp()) ? null : speedUp());
    json.put("within_noise", isWithinNoise());
    return json;
  }

  private static void put(Map<String, Object> json, String name, Confidence of) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("mean", of.mean());
    inner.put("ci95", of.isKnown() ? of.half() : null);
    json.put(name, inner);
  }
}
