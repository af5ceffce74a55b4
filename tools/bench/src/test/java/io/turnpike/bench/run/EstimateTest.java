package io.turnpike.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EstimateTest {

  @Test
  void left_isSaidFromTheFirstPartOn_andNoMoreAtTheEnd() {
    Estimate estimate = new Estimate(4);
    assertThat(estimate.left()).isEmpty();
    estimate.skip();
    estimate.took(Duration.ofSeconds(30));
    assertThat(estimate.left()).isEqualTo(", about 60 s left");
    estimate.took(Duration.ofSeconds(10));
    assertThat(estimate.left()).isEqualTo(", about 20 s left");
    estimate.took(Duration.ofSeconds(10));
    assertThat(estimate.left()).isEmpty();
  }

  @Test
  void times_areSaidAsPeopleDo() {
    assertThat(Estimate.words(Duration.ofMillis(3))).isEqualTo("1 s");
    assertThat(Estimate.words(Duration.ofSeconds(150))).isEqualTo("3 min");
    assertThat(Estimate.words(Duration.ofMinutes(337))).isEqualTo("5 h 37 min");
  }
}
