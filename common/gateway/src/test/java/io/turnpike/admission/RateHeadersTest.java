package io.turnpike.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateHeadersTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0ms",
    "PT0.0004S, 1ms",
    "PT0.12S, 120ms",
    "PT0.9991S, 1s",
    "PT8.2S, 9s",
    "PT59.5S, 1m0s",
    "PT6M, 6m0s",
    "PT6M5S, 6m5s"
  })
  void times_areShownAsOpenAiDoes(Duration time, String shown) {
    assertThat(RateHeaders.shown(time.toNanos())).isEqualTo(shown);
  }
}
