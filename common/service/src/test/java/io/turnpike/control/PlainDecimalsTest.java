package io.turnpike.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PlainDecimalsTest {

  private record Figures(double ms, Double boxed, long count, String text) {}

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0004, 0.0",
    "11.684054000000032, 11.684",
    "1795262631.791, 1795262631.791",
    "1.0E10, 10000000000.0",
    "4.625, 4.625",
    "100, 100.0",
    "-2.5, -2.5"
  })
  void numbers_haveNoDustAndNoExponent(double value, String text) {
    assertThat(PlainDecimals.plain(value)).isEqualTo(text);
  }

  @Test
  void module_writesDoublesOnly_andWhatIsNoNumberAsNull() {
    JsonMapper json = JsonMapper.builder().addModule(new PlainDecimals()).build();
    assertThat(json.writeValueAsString(new Figures(0.1 + 0.2, Double.NaN, 3, "1.0E9")))
        .isEqualTo("{\"ms\":0.3,\"boxed\":null,\"count\":3,\"text\":\"1.0E9\"}");
  }
}
