package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

  @ParameterizedTest
  @CsvSource({
    "200, HELD",
    "400, REFUSED",
    "401, REFUSED",
    "404, REFUSED",
    "499, REFUSED",
    "408, BUSY",
    "429, BUSY",
    "503, BUSY",
    "500, FAILED",
    "502, FAILED",
    "204, FAILED",
    "302, FAILED",
    "399, FAILED"
  })
  void status_saysWhoIsAtFault(int status, Verdict verdict) {
    assertThat(Verdict.ofStatus(status)).isEqualTo(verdict);
  }
}
