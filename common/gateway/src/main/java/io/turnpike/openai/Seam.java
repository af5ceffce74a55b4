package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Joins the chunks with which another engine goes on to those that the client has, so that all are
 * of one answer: with the first engine's {@code id} and {@code created}, without a second opening
 * chunk, and with the counts of the whole.
 *
 * <pre>
 *   prompt_tokens      asked + said  →  asked
 *   completion_tokens  the rest      →  said + the rest
 *   total_tokens       stays
 *   cached_tokens      of both       →  at most asked
 * </pre>
 *
 * Few answers have a seam, so each chunk behind it is parsed. Used by one thread at a time.
 */
public final class Seam {

  private static final byte[] NOTHING = {};

  private final byte[] id;
  private final byte[] created;
  private final int asked;
  private final int said;
  private boolean begun;
  private boolean skipsBlank;

  /**
   * @param firstChunk of the answer, from its brace on
   * @param asked tokens of what was asked
   * @param said tokens that the client has of the answer
   */
  Seam(byte[] firstChunk, int asked, int said) {
    this.id = member(firstChunk, "id");
    this.created = member(firstChunk, "created");
    this.asked = asked;
    this.said = said;
  }

  /** Tokens that the client had of the answer before. */
  public int saidTokens() {
    return said;
  }

  /** Counts of the whole answer, by those of the engine that went on. */
  public Usage whole(Usage rest) {
    int completion = rest.completionTokens();
    return new Usage(
        asked, completion < 0 ? -1 : completion + said, Math.min(rest.cachedTokens(), asked));
  }

  private static byte[] member(byte[] chunk, String wanted) {
    try (JsonParser parser = JsonBytes.parser(chunk, 0, chunk.length)) {
      parser.nextToken();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (name.equals(wanted) && parser.currentToken().isScalarValue()) {
          parser.finishToken(); // a string without an end is none
          int at = JsonBytes.start(parser);
          return Arrays.copyOfRange(chunk, at, scalarEnd(parser, chunk, at));
        }
        parser.skipChildren();
      }
    } catch (JacksonException e) {
      return NOTHING; // then the other engine's goes out
    }
    return NOTHING;
  }

  private static int scalarEnd(JsonParser parser, byte[] json, int at) {
    return parser.hasToken(JsonToken.VALUE_STRING)
        ? ChunkShape.stringEnd(json, at + 1, json.length) + 1
        : at + parser.getStringLength();
  }

  /** Takes events over, and gives them as the client is to get them. */
  public ByteBuf join(ByteBuf events) {
    byte[] in = ByteBufUtil.getBytes(events);
    events.release();
    ByteBuf out = Unpooled.buffer(in.length + id.length);
    int at = 0;
    while (at < in.length) {
      int end = at;
      while (end < in.length && in[end] != '\n') {
        end++;
      }
      line(in, at, end, out);
      at = end + 1;
    }
    return out;
  }

  private void line(byte[] in, int from, int end, ByteBuf out) {
    int next = Math.min(end + 1, in.length);
    boolean chunk = SseLine.of(in, from, end) == SseLine.CHUNK;
    if (chunk && isOpening(in, from, end)) {
      skipsBlank = true;
    } else if (chunk) {
      new Rewriting(in, from, out).chunk(SseLine.dataStart(in, from), end, next);
    } else if (!skipsBlank) {
      out.writeBytes(in, from, next - from);
    } else {
      skipsBlank = false;
    }
  }

  /** Whether it is the chunk that begins an answer and says nothing. */
  private boolean isOpening(byte[] in, int from, int end) {
    if (begun) {
      return false;
    }
    begun = true;
    AnswerReader chunk = AnswerReader.read(in, SseLine.dataStart(in, from), end);
    return chunk.hasChoices() && !chunk.hasContent();
  }

  /** A chunk on its way out; what is replaced of it is left out of what is copied. */
  private final class Rewriting {
    private final byte[] in;
    private final ByteBuf out;
    private int copied;
    private int open;

    Rewriting(byte[] in, int from, ByteBuf out) {
      this.in = in;
      this.copied = from;
      this.out = out;
    }

    void chunk(int json, int end, int next) {
      open = json;
      try (JsonParser parser = JsonBytes.parser(in, json, end - json)) {
        parser.nextToken();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
          parser.nextToken();
          member(parser, name);
          parser.skipChildren();
        }
      } catch (JacksonException e) {
        // what cannot be read goes out as it came
      }
      copyTo(next);
    }

    private void member(JsonParser parser, String name) {
      switch (name) {
        case "id" -> replace(parser, id);
        case "created" -> replace(parser, created);
        case "usage" -> usage(parser);
        default -> {}
      }
    }

    private void usage(JsonParser parser) {
      if (!parser.hasToken(JsonToken.START_OBJECT)) {
        return;
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        switch (name) {
          case "prompt_tokens" -> count(parser, both -> both - said);
          case "completion_tokens" -> count(parser, rest -> rest + said);
          case "prompt_tokens_details" -> usage(parser);
          case "cached_tokens" -> count(parser, cached -> Math.min(cached, asked));
          default -> {}
        }
        parser.skipChildren();
      }
    }

    private void count(JsonParser parser, IntUnaryOperator ofWhole) {
      if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
        replace(parser, JsonPieces.of(Integer.toString(ofWhole.applyAsInt(parser.getIntValue()))));
      }
    }

    private void replace(JsonParser parser, byte[] value) {
      if (value.length > 0 && parser.currentToken().isScalarValue()) {
        parser.finishToken(); // a string without an end is none
        int at = open + JsonBytes.start(parser);
        copyTo(at);
        out.writeBytes(value);
        copied = scalarEnd(parser, in, at);
      }
    }

    private void copyTo(int to) {
      out.writeBytes(in, copied, to - copied);
      copied = to;
    }
  }
}
