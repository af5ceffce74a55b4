package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.error.GatewayException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;

/** What vLLM 0.32's request models took and refused when they were asked. */
class FieldReaderTest {

  private static <T> T read(String json, Function<JsonParser, T> reader) {
    byte[] bytes = json.getBytes(UTF_8);
    try (JsonParser parser = JsonBytes.parser(bytes, 0, bytes.length)) {
      parser.nextToken();
      return reader.apply(parser);
    }
  }

  private static int integer(String json) {
    return read(json, parser -> FieldReader.integer(parser, "n"));
  }

  private static boolean flag(String json) {
    return read(json, parser -> FieldReader.bool(parser, "stream"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "null, -1",
        "0, 0",
        "256, 256",
        "-7, -1",
        "2147483648, 2147483647",
        "999999999999999999, 2147483647",
        "1000000000000000000, 2147483647",
        "99999999999999999999, 2147483647",
        "-99999999999999999999, -1",
        "3.0, 3",
        "-3.0, -1",
        "1e2, 100",
        "true, 1",
        "false, 0",
        "'\"256\"', 256",
        "'\" 256 \"', 256",
        "'\" 7\\n\"', 7",
        "'\"+5\"', 5",
        "'\"-1\"', -1",
        "'\"1_000\"', 1000",
        "'\"1_0_0.00\"', 100",
        "'\"00012\"', 12",
        "'\"000000000000000012\"', 12",
        "'\"99999999999999999999\"', 2147483647",
      })
  void integer_isTakenAsTheEnginesTakeIt(String json, int value) {
    assertThat(integer(json)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "2.5",
        "\"\"",
        "\"x\"",
        "\"2.\"",
        "\"2.5\"",
        "\"1e3\"",
        "\"0x10\"",
        "\"_1\"",
        "\"1_\"",
        "\"1__0\"",
        "\"+ 5\"",
        "\"--5\"",
        "\"٣\""
      })
  void integer_isNotNonsense(String json) {
    assertThatThrownBy(() -> integer(json))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("an integer or null");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "1",
        "1.0",
        "\"1\"",
        "\"true\"",
        "\"TRUE\"",
        "\"on\"",
        "\"Yes\"",
        "\"y\"",
        "\"t\""
      })
  void flag_isTrueAsForTheEngines(String json) {
    assertThat(flag(json)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "false",
        "null",
        "0",
        "0.0",
        "-0.0",
        "\"0\"",
        "\"false\"",
        "\"Off\"",
        "\"no\"",
        "\"n\"",
        "\"f\""
      })
  void flag_isFalseAsForTheEngines(String json) {
    assertThat(flag(json)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "{}", "2", "-1", "0.5", "2.0", "\"\"", "\" true \"", "\"2\"", "\"01\""})
  void flag_isNotNonsense(String json) {
    assertThatThrownBy(() -> flag(json))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("true, false or null");
  }

  @Test
  void text_isAStringOrNothing() {
    String model = read("\"m\"", parser -> String.valueOf(FieldReader.text(parser, "model")));
    String none = read("null", parser -> String.valueOf(FieldReader.text(parser, "model")));
    assertThat(model).isEqualTo("m");
    assertThat(none).isEqualTo("null");
    assertThatThrownBy(() -> read("1", p -> String.valueOf(FieldReader.text(p, "model"))))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("a number");
  }

  @ParameterizedTest
  @CsvSource({
    "{}, an object",
    "[], an array",
    "1, a number",
    "1.5, a number",
    "true, a boolean",
    "null, null",
    "'\"x\"', a string"
  })
  void wrongValue_isNamed(String json, String found) {
    GatewayException wrong = read(json, parser -> FieldReader.wrong(parser, "n", "something"));
    assertThat(wrong).hasMessageContaining(found);
  }
}
