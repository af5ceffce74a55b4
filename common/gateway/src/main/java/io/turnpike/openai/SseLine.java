package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/** What a line of an SSE answer is, told by its first bytes. */
enum SseLine {
  /** A chunk of the answer, or an error. */
  CHUNK,
  /** {@code data: [DONE]}. */
  DONE,
  /** A comment, an empty line, another field. */
  OTHER;

  private static final byte[] DATA = "data:".getBytes(US_ASCII);
  private static final byte[] DONE_MARK = "[DONE]".getBytes(US_ASCII);

  /** Tells the line from here to there by its first bytes; a CR at its end may be among them. */
  static SseLine of(byte[] bytes, int from, int to) {
    if (to - from <= DATA.length || !startsWith(bytes, from, to, DATA)) {
      return OTHER;
    }
    int at = dataStart(bytes, from);
    if (at >= to || bytes[at] == '\r') {
      return OTHER;
    }
    return startsWith(bytes, at, to, DONE_MARK) ? DONE : CHUNK;
  }

  /** Where the data of the {@code data:} line that begins here begins. */
  static int dataStart(byte[] bytes, int from) {
    int at = from + DATA.length;
    return bytes[at] == ' ' ? at + 1 : at;
  }

  private static boolean startsWith(byte[] bytes, int at, int to, byte[] mark) {
    return to - at >= mark.length
        && Arrays.equals(bytes, at, at + mark.length, mark, 0, mark.length);
  }
}
