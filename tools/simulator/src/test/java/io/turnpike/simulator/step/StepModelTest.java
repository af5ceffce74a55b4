package io.turnpike.simulator.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.cost.StepCosts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a step takes: t0 8 ms, a 0.5, b 0.001, c 0.02 (0.03 sending), d 0.00001, mixed 3. */
class StepModelTest {

  private static final double MILLI = 1e6;

  private final StepModel model =
      new StepModel(new StepCosts(8, 0.5, 0.001, 0.02, 0.03, 0.00001, 3));

  @BeforeEach
  void begin() {
    model.begin();
  }

  @Test
  void anEmptyStep_readsTheWeights() {
    assertMillis(8);
  }

  @Test
  void decodes_addThemselvesAndTheirContext() {
    model.decode(1_000);
    model.decode(3_000);
    assertMillis(8 + 2 * 0.5 + 4_000 * 0.001);
  }

  @Test
  void aPrefill_isTokensAndAttention_andCannotBeCaptured() {
    model.prefill(2_000, 5_000, false);
    assertMillis(2_000 * 0.02 + 2_000 * 5_000 * 0.00001 + 3);
  }

  @Test
  void aSmallPrefill_hidesBehindTheWeights() {
    model.prefill(10, 10, false);
    assertMillis(8);
  }

  @Test
  void decodesAndPrefill_overlap_theLongerCounts() {
    model.decode(50_000);
    model.prefill(500, 500, false);
    assertMillis(8 + 0.5 + 50);
    model.prefill(5_000, 5_000, false);
    assertMillis(500 * 0.02 + 500 * 500 * 0.00001 + 5_000 * 0.02 + 5_000 * 5_000 * 0.00001 + 3);
  }

  @Test
  void sending_makesComputingDearer_andBoundsTheStep() {
    model.prefill(1_000, 1_000, true);
    assertMillis(1_000 * 0.03 + 10 + 3);
    model.send(38);
    model.send(38);
    assertMillis(76);
  }

  @Test
  void loading_standsStillOnTop() {
    model.decode(1_000);
    model.stall(6);
    assertMillis(8 + 0.5 + 1 + 6);
    assertThat(model.isDecodeOnly()).isFalse();
  }

  @Test
  void manyDecodeSteps_areTheSumOfSingleOnes() {
    model.decode(1_000);
    model.decode(2_000);
    assertThat(model.isDecodeOnly()).isTrue();
    double sum = 0;
    for (int step = 0; step < 50; step++) {
      StepModel single = new StepModel(new StepCosts(8, 0.5, 0.001, 0.02, 0.03, 0.00001, 3));
      single.begin();
      single.decode(1_000 + step);
      single.decode(2_000 + step);
      sum += single.nanos();
    }
    assertThat((double) model.nanosOfDecodeSteps(50)).isCloseTo(sum, within(100.0));
  }

  @Test
  void theStepBefore_isForgotten() {
    model.prefill(5_000, 5_000, true);
    model.send(100);
    model.stall(10);
    model.decode(9_000);
    model.begin();
    assertMillis(8);
    assertThat(model.isDecodeOnly()).isTrue();
  }

  private void assertMillis(double expected) {
    assertThat(model.nanos() / MILLI).isCloseTo(expected, within(1e-5));
  }
}
