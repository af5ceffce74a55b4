package io.turnpike.simulator.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The hit rate of the last requests. */
class HitRateTest {

  private final HitRate rate = new HitRate();

  @Test
  void itCountsTokens_notRequests() {
    assertThat(rate.isEmpty()).isTrue();
    assertThat(rate.percent()).isZero();
    rate.add(300, 0);
    rate.add(100, 100);
    assertThat(rate.isEmpty()).isFalse();
    assertThat(rate.percent()).isEqualTo(25);
  }

  @Test
  void oldRequests_areForgotten_oneForEachNewOne() {
    rate.add(1_000_000, 1_000_000);
    for (int i = 1; i < HitRate.REQUESTS; i++) {
      rate.add(10, 0);
    }
    assertThat(rate.percent()).isGreaterThan(98);
    rate.add(10, 5);
    assertThat(rate.percent()).isEqualTo(100.0 * 5 / (10 * HitRate.REQUESTS));
  }
}
