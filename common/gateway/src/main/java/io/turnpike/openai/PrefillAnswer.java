package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What a turn needs of the prefill engine's answer: the handoff's parameters as raw bytes, and the
 * prompt's size. Of the parameters' content nothing is known here; they go to the decode engine as
 * they came, once.
 */
public final class PrefillAnswer {

  private final boolean json;
  private final byte @Nullable [] kvTransferParams;
  private final Usage usage;

  private PrefillAnswer(boolean json, byte @Nullable [] kvTransferParams, Usage usage) {
    this.json = json;
    this.kvTransferParams = kvTransferParams;
    this.usage = usage;
  }

  /** Reads an answer without moving the buffer's indices; never throws for what it contains. */
  public static PrefillAnswer read(ByteBuf answer) {
    return read(ByteBufUtil.getBytes(answer, answer.readerIndex(), answer.readableBytes(), false));
  }

  /** Reads an answer; never throws for what it contains. */
  public static PrefillAnswer read(byte[] answer) {
    int open = JsonBytes.skipBlank(answer, 0, answer.length);
    if (!JsonBytes.isUtf8Object(answer, open, answer.length)) {
      return new PrefillAnswer(false, null, Usage.UNKNOWN);
    }
    try (JsonParser parser = JsonBytes.parser(answer, open, answer.length - open)) {
      return readObject(parser, answer, open);
    } catch (JacksonException e) {
      return new PrefillAnswer(false, null, Usage.UNKNOWN);
    }
  }

  private static PrefillAnswer readObject(JsonParser parser, byte[] answer, int open) {
    byte[] params = null;
    Usage usage = Usage.UNKNOWN;
    parser.nextToken();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "kv_transfer_params" -> {
          int from = open + JsonBytes.start(parser);
          parser.skipChildren();
          params =
              value == JsonToken.START_OBJECT
                  ? Arrays.copyOfRange(answer, from, open + JsonBytes.start(parser) + 1)
                  : null;
        }
        case "usage" -> usage = Usage.read(parser);
        default -> parser.skipChildren();
      }
    }
    return new PrefillAnswer(parser.nextToken() == null, params, usage);
  }

  /** Whether the answer was one JSON object; if not, the rest is empty. */
  public boolean isJson() {
    return json;
  }

  /** The object of {@code kv_transfer_params}, byte for byte; null when there was none. */
  public byte @Nullable [] kvTransferParams() {
    return json ? kvTransferParams : null;
  }

  /** The prompt's tokens, or −1. */
  public int promptTokens() {
    return usage.promptTokens();
  }

  /** The prompt's tokens that the prefill engine had cached, or −1. */
  public int cachedTokens() {
    return usage.cachedTokens();
  }
}
