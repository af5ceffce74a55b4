package io.turnpike.bench.client;

import java.nio.charset.StandardCharsets;

/**
 * Walks over the keys of a JSON text without making objects of it: finds text that was generated,
 * token counts, errors. Text inside strings is never taken for a key. One thread.
 *
 * <p>Keys as vLLM 0.32 and OpenAI write them; {@code content}, {@code text}, {@code reasoning},
 * {@code reasoning_content} and {@code arguments} (of tool calls) hold generated text.
 */
final class JsonKeys {

  private static final byte[][] TEXT = {
    bytes("content"),
    bytes("text"),
    bytes("reasoning"),
    bytes("reasoning_content"),
    bytes("arguments")
  };
  private static final byte[] PROMPT = bytes("prompt_tokens");
  private static final byte[] COMPLETION = bytes("completion_tokens");
  private static final byte[] CACHED = bytes("cached_tokens");
  private static final byte[] FINISH = bytes("finish_reason");
  private static final byte[] ERROR = bytes("error");

  /** What was found in the last text. */
  boolean hasText;

  boolean hasError;
  boolean finished;
  int textFrom;
  int textTo;

  /** The latest counts; -1 while there were none. */
  int promptTokens = -1;

  int completionTokens = -1;
  int cachedTokens = -1;

  private byte[] json = {};
  private int end;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads {@code text[from..to)}. */
  void read(byte[] text, int from, int to) {
    json = text;
    end = to;
    hasText = false;
    hasError = false;
    int at = from;
    while (at < end) {
      at = json[at] == '"' ? string(at) : at + 1;
    }
  }

  /** Handles the string at a quote; the position after it. */
  private int string(int quote) {
    int close = closing(quote + 1);
    int colon = skipSpace(close + 1);
    if (colon < end && json[colon] == ':') {
      key(quote + 1, close, skipSpace(colon + 1));
    }
    return close + 1;
  }

  private void key(int from, int to, int value) {
    if (value >= end) {
      return;
    }
    switch (json[from]) {
      case 'c' -> {
        if (is(COMPLETION, from, to)) {
          completionTokens = number(value, completionTokens);
        } else if (is(CACHED, from, to)) {
          cachedTokens = number(value, cachedTokens);
        } else {
          text(from, to, value);
        }
      }
      case 'p' -> promptTokens = is(PROMPT, from, to) ? number(value, promptTokens) : promptTokens;
      case 'f' -> finished |= is(FINISH, from, to) && json[value] == '"';
      case 'e' -> hasError |= is(ERROR, from, to) && json[value] == '{';
      default -> text(from, to, value);
    }
  }

  private void text(int from, int to, int value) {
    if (json[value] != '"' || hasText) {
      return;
    }
    for (byte[] name : TEXT) {
      if (is(name, from, to)) {
        textFrom = value + 1;
        textTo = closing(value + 1);
        hasText = textTo > textFrom;
        return;
      }
    }
  }

  private boolean is(byte[] name, int from, int to) {
    if (to - from != name.length) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (json[from + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  private int closing(int from) {
    int at = from;
    while (at < end && json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    return Math.min(at, end);
  }

  private int skipSpace(int from) {
    int at = from;
    while (at < end && (json[at] == ' ' || json[at] == '\t')) {
      at++;
    }
    return at;
  }

  private int number(int from, int otherwise) {
    int value = 0;
    int at = from;
    while (at < end && json[at] >= '0' && json[at] <= '9' && value < 100_000_000) {
      value = value * 10 + json[at++] - '0';
    }
    return at == from ? otherwise : value;
  }
}
