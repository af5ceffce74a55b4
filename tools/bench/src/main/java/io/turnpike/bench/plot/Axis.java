package io.turnpike.bench.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Where values stand on an axis, 0 to 1, and which of them are labelled.
 *
 * @param ticks labelled values
 * @param label of a tick
 */
record Axis(Kind kind, double low, double high, List<Double> ticks, DoubleFunction<String> label) {

  enum Kind {
    LINEAR,
    LOG,
    /** Percentiles, the upper ones further apart: −log(1 − p). */
    PERCENTILE
  }

  private static final double FEW_DECADES = 1.6;
  private static final double NARROW = 1.6;
  private static final double[] ONE = {1};
  private static final double[] COARSE = {1, 2, 5};
  private static final double[] FINE = {1, 1.5, 2, 3, 4, 5, 6, 8};

  /** Turns from the first to the last. */
  static Axis turns(int count) {
    List<Double> ticks = IntStream.rangeClosed(1, count).asDoubleStream().boxed().toList();
    return new Axis(Kind.LINEAR, 0.7, count + 0.3, ticks, Html::plain);
  }

  /** From zero to a hundred. */
  static Axis percent(DoubleFunction<String> label) {
    return new Axis(Kind.LINEAR, 0, 105, List.of(0.0, 25.0, 50.0, 75.0, 100.0), label);
  }

  /** Around the values above zero, with ticks at 1, 2, 5 or at powers of ten. */
  static Axis log(double[] values, DoubleFunction<String> label) {
    double least = Arrays.stream(values).filter(v -> v > 0).min().orElse(1);
    double most = Arrays.stream(values).filter(v -> v > 0).max().orElse(10);
    double middle = Math.sqrt(least * most);
    double low = Math.min(least * 0.8, middle / NARROW);
    double high = Math.max(most * 1.25, middle * NARROW);
    List<Double> ticks = ticks(low, high, Math.log10(high / low) > FEW_DECADES ? ONE : COARSE);
    if (ticks.size() < 2) {
      ticks = ticks(low, high, FINE);
    }
    return new Axis(Kind.LOG, low, high, ticks, label);
  }

  private static List<Double> ticks(double low, double high, double[] steps) {
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(low)); Math.pow(10, power) <= high; power++) {
      for (double step : steps) {
        double tick = step * Math.pow(10, power);
        if (tick >= low && tick <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  /** Exactly those values, all labelled, on a logarithmic axis with a margin. */
  static Axis rates(List<Double> rates, DoubleFunction<String> label) {
    double low = rates.stream().mapToDouble(r -> r).min().orElse(1);
    double high = rates.stream().mapToDouble(r -> r).max().orElse(1);
    double margin = low == high ? 2 : Math.pow(high / low, 0.04);
    return new Axis(Kind.LOG, low / margin, high * margin, rates, label);
  }

  /** Percentiles up to the 99th. */
  static Axis percentiles() {
    return new Axis(
        Kind.PERCENTILE,
        0,
        99.1,
        List.of(50.0, 75.0, 90.0, 95.0, 99.0),
        p -> String.format(Locale.ROOT, "P%.0f", p));
  }

  /** Where a value stands; outside values at the end that is nearer. */
  double at(double value) {
    double v = Math.clamp(value, low, high);
    return switch (kind) {
      case LINEAR -> (v - low) / (high - low);
      case LOG -> Math.log(v / low) / Math.log(high / low);
      case PERCENTILE -> Math.log(1 - v / 100) / Math.log(1 - high / 100);
    };
  }
}
