package io.turnpike.bench.plot;

import java.util.List;
import java.util.Locale;
import org.knowm.xchart.style.AxesChartStyler;

/**
 * An axis of ratios around 1, in powers of two with a label at each (at every second one where
 * there are many). XChart's own logarithmic axis labels powers of ten alone, between which nearly
 * all ratios are, or every digit, one over the other; so values are logarithms on a linear axis.
 *
 * @param low power of two at the lower end, at most −1
 * @param high power of two at the upper end, at least 1
 */
record RatioAxis(int low, int high) {

  /** Of a chart's plot, about; so many pixels are shared by the labels. */
  private static final int PLOT_PIXELS = 290;

  private static final int FEWEST_PIXELS = 28;

  static RatioAxis of(List<Double> ratios) {
    double least = ratios.stream().mapToDouble(RatioAxis::at).min().orElse(0);
    double most = ratios.stream().mapToDouble(RatioAxis::at).max().orElse(0);
    return new RatioAxis(Math.min(-1, (int) Math.floor(least)), Math.max(1, (int) Math.ceil(most)));
  }

  /** Where a ratio stands on it. */
  static double at(double ratio) {
    return Math.log(ratio) / Math.log(2);
  }

  /** What stands at a place: the ratio in three digits at most. */
  static String label(double at) {
    double ratio = Math.pow(2, at);
    String text = String.format(Locale.ROOT, ratio < 1 ? "%.3f" : "%.1f", ratio);
    return text.replaceFirst("\\.?0+$", "");
  }

  void applyTo(AxesChartStyler styler) {
    styler.setYAxisMin((double) low).setYAxisMax((double) high);
    styler.setYAxisTickMarkSpacingHint(Math.max(FEWEST_PIXELS, PLOT_PIXELS / (high - low)));
    styler.setYAxisTickLabelsFormattingFunction(RatioAxis::label);
  }
}
