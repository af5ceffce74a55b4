package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes that a value comes to, whatever its length. */
class CanonicalJsonTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final CanonicalJson walker =
      new CanonicalJson((bytes, from, to) -> out.write(bytes, from, to - from));

  private String canonical(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    assertThat(walker.value(bytes, 0)).isEqualTo(bytes.length);
    return given();
  }

  private String given() {
    walker.flush();
    String text = out.toString(ISO_8859_1);
    out.reset();
    return text;
  }

  @Test
  void string_isItsText_withEveryEscapeDecoded() {
    assertThat(canonical("\"a\\n\\t\\r\\b\\f\\\\\\/\\\"z\"")).isEqualTo("a\n\t\r\b\f\\/\"z\u00FF");
  }

  @ParameterizedTest
  @CsvSource({
    "0041, 41",
    "007f, 7f",
    "0080, c280",
    "07ff, dfbf",
    "0800, e0a080",
    "d7ff, ed9fbf",
    "ffff, efbfbf",
    "d800, eda080",
    "dfff, edbfbf"
  })
  void escapedCharacter_isItsUtf8_alsoAHalfOfAPair(String escape, String utf8) {
    assertThat(canonical("\"\\u" + escape + "\"")).isEqualTo(bytes(utf8 + "ff"));
  }

  @ParameterizedTest
  @CsvSource({"d800, dc00, f0908080", "dbff, dfff, f48fbfbf", "d83d, de00, f09f9880"})
  void escapedPair_isOneCharacter(String high, String low, String utf8) {
    assertThat(canonical("\"\\u" + high + "\\u" + low + "\"")).isEqualTo(bytes(utf8 + "ff"));
  }

  @Test
  void halvesThatAreNoPair_areThreeBytesEach() {
    assertThat(canonical("\"\\ud83d\\ud83d\"")).isEqualTo(bytes("eda0bdeda0bdff"));
    assertThat(canonical("\"\\ud83d\\n\"")).isEqualTo(bytes("eda0bd0aff"));
    assertThat(canonical("\"\\ud83dx\"")).isEqualTo(bytes("eda0bd78ff"));
  }

  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "null", "-1.5E+3", "12"})
  void literal_isWhatIsWritten_andItsEnd(String literal) {
    assertThat(canonical(literal)).isEqualTo(literal + "\u00FE");
    for (String behind : List.of(",1", "]", "}", " ", "\n")) {
      byte[] json = (literal + behind).getBytes(UTF_8);
      assertThat(walker.value(json, 0)).isEqualTo(literal.length());
      assertThat(given()).isEqualTo(literal + "\u00FE");
    }
  }

  @Test
  void structure_isWhatIsWritten_withoutBlanksAndWithStringsEnded() {
    assertThat(canonical("{ \"a b\" :\t[ 1 ,\r\n\"\\u0063\" ] }"))
        .isEqualTo("{a b\u00FF:[1,c\u00FF]}");
  }

  @Test
  void number_isFourBytes_lowestFirst() {
    walker.number(0x01020384);
    assertThat(given()).isEqualTo(bytes("84030201"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 100, 127, 128, 129, 511, 512, 513, 2_000})
  void text_isWhole_howeverLongItsRunsAre(int length) {
    String run = Chains.letters(length, length);
    StringBuilder json = new StringBuilder("\"");
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      json.append(run).append("\\n");
      expected.append(run).append('\n');
    }
    assertThat(canonical(json.append('"').toString()))
        .isEqualTo(expected.append('\u00FF').toString());
  }

  @Test
  void structure_isWhole_howeverManyBytesItHas() {
    String deep = "[".repeat(700) + "]".repeat(700);
    assertThat(canonical(deep)).isEqualTo(deep);
  }

  @Test
  void text_endsAtItsOwnQuote_whereverThatStands() {
    for (int length = 0; length < 40; length++) {
      String text = "x".repeat(length);
      byte[] json = ("\"" + text + "\" \"more\"").getBytes(UTF_8);
      assertThat(walker.text(json, 0)).isEqualTo(length + 2);
      assertThat(given()).isEqualTo(text);
    }
  }

  @Test
  void nothingHeld_givesNothingOut() {
    CanonicalJson silent =
        new CanonicalJson(
            (bytes, from, to) -> {
              throw new AssertionError("nothing to give out");
            });
    silent.flush();
    assertThat(silent.text("\"\"".getBytes(UTF_8), 0)).isEqualTo(2);
    silent.flush();
  }
}
