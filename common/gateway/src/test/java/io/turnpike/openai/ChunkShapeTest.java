package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkShapeTest {

  private static final String HEAD = "data: {\"text\":\"";
  private static final String TAIL = "\",\"finish_reason\":null}\n\n";

  private final ChunkShape shape = new ChunkShape();

  private void learn(String event) {
    byte[] bytes = ("##" + event).getBytes(UTF_8);
    shape.learn(bytes, 2, 2 + HEAD.length() - 1, 2 + event.indexOf('\n'));
  }

  private int end(String text) {
    byte[] bytes = ("#" + text).getBytes(UTF_8);
    return shape.endOfEvent(bytes, 1, bytes.length);
  }

  @Test
  void nothing_isLikeAChunk_beforeOneWasSeen() {
    assertThat(end(HEAD + TAIL)).isNegative();
    assertThat(end("")).isNegative();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v", "a longer text", "\\\"", "\\\\", "\\\\\\\"x", "\\u00fc", "ü"})
  void event_withAnotherText_hasTheShape(String text) {
    learn(HEAD + "v" + TAIL);
    byte[] bytes = (HEAD + text + TAIL).getBytes(UTF_8);
    assertThat(end(HEAD + text + TAIL)).isEqualTo(1 + bytes.length);
    assertThat(end(HEAD + text + TAIL + HEAD)).isEqualTo(1 + bytes.length);
    assertThat(shape.endOfEvent(bytes, 0, bytes.length - 1)).isNegative();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v\",\"finish_reason\":\"abort\"},{\"text\":\"w",
        "v\"",
        "\\",
        "\n",
        "v\\\n",
        "v\r",
        "v\0",
        "\\\\\\",
      })
  void event_withMoreThanAnotherText_hasNot(String text) {
    learn(HEAD + "v" + TAIL);
    assertThat(end(HEAD + text + TAIL)).isNegative();
  }

  @Test
  void event_withOtherBytesAround_hasNot() {
    learn(HEAD + "v" + TAIL);
    assertThat(end("data: {\"role\":\"v" + TAIL)).isNegative();
    assertThat(end(HEAD + "v" + TAIL.replace("null", "true"))).isNegative();
    assertThat(end(HEAD + "v" + TAIL.replace("\n\n", "\n:"))).isNegative();
    assertThat(end(HEAD + "v" + TAIL.replace("\n", "\r\n"))).isNegative();
  }

  @Test
  void shape_keepsTheKindOfLineEnd() {
    learn(HEAD + "v" + TAIL.replace("\n", "\r\n"));
    String event = HEAD + "w" + TAIL.replace("\n", "\r\n");
    assertThat(end(event)).isEqualTo(1 + event.length());
    assertThat(end(HEAD + "w" + TAIL)).isNegative();
  }

  @Test
  void shape_hasTheLineEndOfTheChunksOwnLine() {
    learn(HEAD + "v" + TAIL.replace("\n\n", "\n\r\n"));
    assertThat(end(HEAD + "w" + TAIL)).isPositive();
    assertThat(end(HEAD + "w" + TAIL.replace("\n", "\r\n"))).isNegative();
  }

  @Test
  void shape_isThatOfTheLastChunk() {
    String other = TAIL.replace("null", "null,\"token_ids\":[1,2,3]");
    learn(HEAD + "v" + TAIL);
    learn(HEAD + "v" + other);
    assertThat(end(HEAD + "w" + other)).isPositive();
    assertThat(end(HEAD + "w" + TAIL)).isNegative();
    learn(HEAD + "\\\"v" + TAIL);
    assertThat(end(HEAD + "w" + TAIL)).isPositive();
    assertThat(end(HEAD + "w" + other)).isNegative();
  }
}
