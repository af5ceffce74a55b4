package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * One character of the inside of a JSON string.
 *
 * @param length bytes as it stands there
 * @param utf8Bytes bytes of it in UTF-8
 */
record EscapedCharacter(int length, int utf8Bytes) {

  private static final int ESCAPED_UNIT = "\\u0000".length();

  /** The character that begins there. */
  static EscapedCharacter at(byte[] json, int at) {
    if (json[at] != '\\') {
      int bytes = utf8Bytes(json[at]);
      return new EscapedCharacter(bytes, bytes);
    }
    if (json[at + 1] != 'u') {
      return new EscapedCharacter(2, 1);
    }
    int unit = Integer.parseInt(new String(json, at + 2, 4, US_ASCII), 16);
    if (Character.isSurrogate((char) unit)) {
      return new EscapedCharacter(2 * ESCAPED_UNIT, 4);
    }
    return new EscapedCharacter(ESCAPED_UNIT, unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3);
  }

  /** Bytes of a character by its first. */
  private static int utf8Bytes(byte first) {
    if (first >= 0) {
      return 1;
    }
    return switch ((first & 0xF0) >> 4) {
      case 0xF -> 4;
      case 0xE -> 3;
      default -> 2;
    };
  }
}
