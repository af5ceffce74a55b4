package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What an engine says a turn took; −1 where it does not say. {@code cachedTokens} is only there
 * with the engine's {@code --enable-prompt-tokens-details}; of a turn over both legs it is the
 * prefill engine's number, of a direct turn the decode engine's (vLLM 0.32).
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {

  /** Nothing said. */
  public static final Usage UNKNOWN = new Usage(-1, -1, -1);

  /** The usage of a complete, not streamed answer; {@link #UNKNOWN} when it has none. */
  public static Usage ofAnswer(ByteBuf answer) {
    byte[] json = ByteBufUtil.getBytes(answer, answer.readerIndex(), answer.readableBytes(), false);
    return ofAnswer(json, 0, json.length);
  }

  static Usage ofAnswer(byte[] json, int from, int to) {
    int open = JsonBytes.skipBlank(json, from, to);
    if (!JsonBytes.isUtf8Object(json, open, to)) {
      return UNKNOWN;
    }
    Usage usage = UNKNOWN;
    try (JsonParser parser = JsonBytes.parser(json, open, to - open)) {
      parser.nextToken();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (name.equals("usage")) {
          usage = read(parser);
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      return usage; // cut short: what was said before the cut still holds
    }
    return usage;
  }

  /** Reads the value the parser stands on and leaves it on that value's last token. */
  static Usage read(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      parser.skipChildren();
      return UNKNOWN;
    }
    int prompt = -1;
    int completion = -1;
    int cached = -1;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "prompt_tokens" -> prompt = count(parser);
        case "completion_tokens" -> completion = count(parser);
        case "prompt_tokens_details" -> cached = readCached(parser);
        default -> parser.skipChildren();
      }
    }
    return new Usage(prompt, completion, cached);
  }

  private static int readCached(JsonParser parser) {
    int cached = -1;
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      parser.skipChildren();
      return cached;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      if (name.equals("cached_tokens")) {
        cached = count(parser);
      } else {
        parser.skipChildren();
      }
    }
    return cached;
  }

  private static int count(JsonParser parser) {
    if (parser.hasToken(JsonToken.VALUE_NUMBER_INT) && parser.getStringLength() <= 9) {
      return parser.getIntValue();
    }
    parser.skipChildren();
    return -1;
  }
}
