package io.turnpike.openai;

import java.util.Arrays;

/**
 * The bytes around the text of a chunk that was parsed and found harmless. An event with the same
 * bytes around any other JSON string is harmless too, so that it need not be parsed:
 *
 * <pre>
 *   data: {"id":"c-1",…,"choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}⏎⏎
 *   |------------------------- head --------------------------|text|------------ tail -----------|
 * </pre>
 *
 * <p>Engines write all chunks of an answer alike (vLLM 0.32 does, for chats, completions, reasoning
 * and a tool call's arguments). Chunks with counts or token ids in them differ, and are parsed. A
 * search for {@code finish_reason} alone would be as fast, but proves nothing of a second choice or
 * of an error in the same chunk.
 */
final class ChunkShape {

  private static final byte[] NOTHING = {};

  private byte[] event = NOTHING;
  private int headBytes;
  private int tailBytes;

  /**
   * Takes the shape of a chunk.
   *
   * @param lineAt where its line begins
   * @param quoteAt the opening quote of its text
   * @param lineEnd place of the line's LF
   */
  void learn(byte[] bytes, int lineAt, int quoteAt, int lineEnd) {
    headBytes = quoteAt + 1 - lineAt;
    int tailAt = stringEnd(bytes, quoteAt + 1, lineEnd);
    boolean carriageReturn = bytes[lineEnd - 1] == '\r';
    tailBytes = lineEnd + 1 - tailAt + (carriageReturn ? 2 : 1);
    if (event.length < headBytes + tailBytes) {
      event = new byte[headBytes + tailBytes];
    }
    System.arraycopy(bytes, lineAt, event, 0, headBytes);
    System.arraycopy(bytes, tailAt, event, headBytes, lineEnd + 1 - tailAt);
    int end = headBytes + tailBytes;
    event[end - 1] = '\n';
    if (carriageReturn) {
      event[end - 2] = '\r';
    }
  }

  /** The end of the event that begins here, or −1 if it is not whole or has another shape. */
  int endOfEvent(byte[] bytes, int from, int to) {
    int textAt = from + headBytes;
    int lastQuote = to - tailBytes;
    if (headBytes == 0
        || textAt > lastQuote
        || !Arrays.equals(bytes, from, textAt, event, 0, headBytes)) {
      return -1;
    }
    int quote = stringEnd(bytes, textAt, lastQuote);
    int end = quote + tailBytes;
    return quote <= lastQuote
            && Arrays.equals(bytes, quote, end, event, headBytes, headBytes + tailBytes)
        ? end
        : -1;
  }

  /** Where the text of an event begins that has this shape. */
  int textStart(int eventAt) {
    return eventAt + headBytes;
  }

  /** Where that text ends. */
  int textEnd(int eventEnd) {
    return eventEnd - tailBytes;
  }

  /** The place of the quote that ends a string; of the first byte that no string has, if sooner. */
  static int stringEnd(byte[] bytes, int from, int limit) {
    int at = from;
    while (at < limit && bytes[at] != '"' && !isControl(bytes[at])) {
      at += bytes[at] == '\\' && !isControl(bytes[at + 1]) ? 2 : 1;
    }
    return at;
  }

  private static boolean isControl(byte b) {
    return b >= 0 && b < ' ';
  }
}
