package io.turnpike.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void sample_interpolatesAsNumpyDoes() {
    Sample sample = Sample.of(4, 1, 3, 2);
    assertThat(sample.percentile(50)).isEqualTo(2.5);
    assertThat(sample.percentile(90)).isCloseTo(3.7, within(1e-9));
    assertThat(sample.percentile(99)).isCloseTo(3.97, within(1e-9));
  }

  @Test
  void spread_isWithinThreeDigits_andItsMeanIsExact() {
    Spread spread = new Spread();
    for (int i = 1; i <= 10_000; i++) {
      spread.add(i / 10.0);
    }
    assertThat(spread.mean()).isCloseTo(500.05, within(1e-6));
    assertThat(spread.percentile(99)).isCloseTo(990, within(1.0));
    assertThat(spread.max()).isEqualTo(1000);
  }

  @Test
  void confidence_isStudentsT_andUnknownForOneRun() {
    Confidence three = Confidence.of(10, 12, 14);
    assertThat(three.mean()).isEqualTo(12);
    assertThat(three.half()).isCloseTo(4.303 * 2 / Math.sqrt(3), within(1e-9));
    assertThat(Confidence.of(10).isKnown()).isFalse();
    assertThat(Confidence.of(10).text()).contains("one run");
  }

  @Test
  void goodput_readsAndChecks() {
    Goodput slo = Goodput.parse("ttft:500,tpot:50");
    assertThat(slo.meets(500, 50, 1e9)).isTrue();
    assertThat(slo.meets(501, 1, 1)).isFalse();
    assertThatThrownBy(() -> Goodput.parse("ttfb:5")).hasMessageContaining("expected: for example");
  }
}
