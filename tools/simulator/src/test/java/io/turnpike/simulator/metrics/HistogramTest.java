package io.turnpike.simulator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A histogram as Prometheus reads it. */
class HistogramTest {

  @Test
  void buckets_areCumulative_withTheirUpperBoundInThem() {
    Histogram histogram = new Histogram(1, 2.5, 10);
    for (double value : new double[] {0.5, 1, 2, 10, 11}) {
      histogram.record(value);
    }
    StringBuilder out = new StringBuilder();
    histogram.write(out, "t", "engine=\"0\"");
    assertThat(out)
        .hasToString(
            """
            t_bucket{engine="0",le="1.0"} 2.0
            t_bucket{engine="0",le="2.5"} 3.0
            t_bucket{engine="0",le="10.0"} 4.0
            t_bucket{engine="0",le="+Inf"} 5.0
            t_count{engine="0"} 5.0
            t_sum{engine="0"} 24.5
            """);
  }
}
