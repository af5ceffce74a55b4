package io.turnpike.bench.figures;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** Values that are all kept: exact percentiles, by linear interpolation as numpy does. */
public final class Sample {

  private final double[] sorted;

  private Sample(double[] values) {
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  /** A sample of those values. */
  public static Sample of(double... values) {
    return new Sample(values);
  }

  /** A sample of what the function makes of each. */
  public static <T> Sample of(Collection<T> of, ToDoubleFunction<T> value) {
    return new Sample(of.stream().mapToDouble(value).toArray());
  }

  public int count() {
    return sorted.length;
  }

  /** Zero without values, like all that follow. */
  public double mean() {
    return Arrays.stream(sorted).average().orElse(0);
  }

  public double min() {
    return sorted.length == 0 ? 0 : sorted[0];
  }

  public double max() {
    return sorted.length == 0 ? 0 : sorted[sorted.length - 1];
  }

  /** A percentile, 0 to 100. */
  public double percentile(double percent) {
    if (sorted.length == 0) {
      return 0;
    }
    double position = percent / 100 * (sorted.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
  }
}
