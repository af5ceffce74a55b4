package io.turnpike.bench.handoff;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.turnpike.bench.figures.Sample;
import java.util.Arrays;

/**
 * A median and how sure it is: 1.57 × interquartile range ÷ √n, the notch of a box plot (McGill,
 * Tukey, Larsen 1978), about 95 %. One slow request hardly moves either.
 *
 * @param median NaN without values
 * @param half of the interval; NaN with fewer than three values
 */
public record MedianInterval(double median, double half, int count) {

  private static final double NOTCH = 1.57;
  private static final int FEWEST = 3;

  /** Of values; those that are not known are left out. */
  public static MedianInterval of(double... values) {
    double[] known = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
    if (known.length == 0) {
      return new MedianInterval(Double.NaN, Double.NaN, 0);
    }
    Sample sample = Sample.of(known);
    double range = sample.percentile(75) - sample.percentile(25);
    double half = known.length < FEWEST ? Double.NaN : NOTCH * range / Math.sqrt(known.length);
    return new MedianInterval(sample.percentile(50), half, known.length);
  }

  /** Whether it is above zero by more than its noise. */
  @JsonIgnore
  public boolean isMeasurable() {
    return !Double.isNaN(half) && median > half && median > 0;
  }
}
