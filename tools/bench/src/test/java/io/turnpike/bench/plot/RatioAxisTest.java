package io.turnpike.bench.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RatioAxisTest {

  @Test
  void axis_hasOneInIt_andEndsAtPowersOfTwo() {
    assertThat(RatioAxis.of(List.of())).isEqualTo(new RatioAxis(-1, 1));
    assertThat(RatioAxis.of(List.of(0.2, 0.9))).isEqualTo(new RatioAxis(-3, 1));
    assertThat(RatioAxis.of(List.of(1.01, 75.0))).isEqualTo(new RatioAxis(-1, 7));
  }

  @Test
  void labels_areRatiosThatPeopleRead() {
    assertThat(IntStream.rangeClosed(-3, 7).mapToObj(RatioAxis::label))
        .containsExactly("0.125", "0.25", "0.5", "1", "2", "4", "8", "16", "32", "64", "128");
    assertThat(RatioAxis.at(1)).isZero();
  }
}
