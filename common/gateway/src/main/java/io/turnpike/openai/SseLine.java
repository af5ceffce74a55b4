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

  /** Tells a line by its first bytes; a CR at its end may be among them. */
  static SseLine of(byte[] line, int length) {
    if (length <= DATA.length || !startsWith(line, 0, length, DATA)) {
      return OTHER;
    }
    int at = dataStart(line);
    if (at >= length || line[at] == '\r') {
      return OTHER;
    }
    if (line[at] == '{') {
      return isError(line, at + 1, length) ? ERROR : CHUNK;
    }
    return startsWith(line, at, length, DONE_MARK) ? DONE : CHUNK;
  }

  /** Where a {@code data:} line's data begins. */
  static int dataStart(byte[] line) {
    return line[DATA.length] == ' ' ? DATA.length + 1 : DATA.length;
  }

  private static boolean isError(byte[] line, int from, int length) {
    int at = from;
    while (at < length && JsonBytes.isBlank(line[at])) {
      at++;
    }
    return startsWith(line, at, length, ERROR_NAME);
  }

  private static boolean startsWith(byte[] line, int at, int length, byte[] mark) {
    return length - at >= mark.length
        && Arrays.equals(line, at, at + mark.length, mark, 0, mark.length);
  }
}
