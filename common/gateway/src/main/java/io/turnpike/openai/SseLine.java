package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/** What a line of an SSE answer is, told by its first bytes. */
enum SseLine {
  /** A chunk of the answer. */
  CHUNK,
  /** {@code data: [DONE]}. */
  DONE,
  /** {@code data: {"error": …}}. */
  ERROR,
  /** A comment, an empty line, another field. */
  OTHER;

  /** How many bytes of a line are looked at. */
  static final int HEAD_BYTES = 24;

  private static final byte[] DATA = "data:".getBytes(US_ASCII);
  private static final byte[] DONE_MARK = "[DONE]".getBytes(US_ASCII);
  private static final byte[] ERROR_NAME = "\"error\"".getBytes(US_ASCII);

  /** Tells the line from here to there by its first bytes; a CR at its end may be among them. */
  static SseLine of(byte[] bytes, int from, int to) {
    if (to - from <= DATA.length || !startsWith(bytes, from, to, DATA)) {
      return OTHER;
    }
    int at = dataStart(bytes, from);
    if (at >= to || bytes[at] == '\r') {
      return OTHER;
    }
    if (bytes[at] == '{') {
      return isError(bytes, at + 1, to) ? ERROR : CHUNK;
    }
    return startsWith(bytes, at, to, DONE_MARK) ? DONE : CHUNK;
  }

  /** Where the data of the {@code data:} line that begins here begins. */
  static int dataStart(byte[] bytes, int from) {
    int at = from + DATA.length;
    return bytes[at] == ' ' ? at + 1 : at;
  }

  private static boolean isError(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && JsonBytes.isBlank(bytes[at])) {
      at++;
    }
    return startsWith(bytes, at, to, ERROR_NAME);
  }

  private static boolean startsWith(byte[] bytes, int at, int to, byte[] mark) {
    return to - at >= mark.length
        && Arrays.equals(bytes, at, at + mark.length, mark, 0, mark.length);
  }
}
