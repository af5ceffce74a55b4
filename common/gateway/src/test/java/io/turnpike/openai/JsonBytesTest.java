package io.turnpike.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonBytesTest {

  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private static int skipBlank(byte[] mark, int length) {
    byte[] json = new byte[2 + length];
    json[0] = '{';
    System.arraycopy(mark, 0, json, 2, length);
    return JsonBytes.skipBlank(json, 2, json.length);
  }

  @Test
  void byteOrderMark_isSkipped_ifItIsWhole() {
    assertThat(skipBlank(MARK, 3)).isEqualTo(5);
    assertThat(skipBlank(MARK, 2)).isEqualTo(2);
    assertThat(skipBlank(MARK, 1)).isEqualTo(2);
    assertThat(skipBlank(MARK, 0)).isEqualTo(2);
    assertThat(skipBlank(new byte[] {MARK[0], MARK[1], ' ', '{'}, 4)).isEqualTo(2);
  }

  @Test
  void blanks_areSkipped_upToTheEnd() {
    assertThat(skipBlank(new byte[] {' ', '\n', '\r', '\t'}, 4)).isEqualTo(6);
    assertThat(skipBlank(new byte[] {' ', 0x0B, ' '}, 3)).isEqualTo(3);
  }

  @Test
  void object_isInUtf8_ifNoZeroFollowsItsBrace() {
    assertThat(JsonBytes.isUtf8Object(new byte[] {'{', '}'}, 0, 2)).isTrue();
    assertThat(JsonBytes.isUtf8Object(new byte[] {'{', 0}, 0, 2)).isFalse();
    assertThat(JsonBytes.isUtf8Object(new byte[] {'{', 0}, 0, 1)).isTrue();
    assertThat(JsonBytes.isUtf8Object(new byte[] {'{', '}'}, 0, 0)).isFalse();
    assertThat(JsonBytes.isUtf8Object(new byte[] {'[', ']'}, 0, 2)).isFalse();
  }
}
