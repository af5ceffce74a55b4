package io.turnpike.openai;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Token ids in their order, and where each one's text ends if that is known. Immutable. */
final class TokenIds {

  static final TokenIds NONE = new TokenIds(new long[0], new int[0]);

  private static final int FIRST_CAPACITY = 256;

  private final long[] ids;
  private final int[] ends;

  private TokenIds(long[] ids, int[] ends) {
    this.ids = ids;
    this.ends = ends;
  }

  /** Those in an engine's answer to {@code /tokenize}; null where there are none. */
  static @Nullable TokenIds ofAnswer(byte[] json) {
    if (!JsonBytes.isUtf8Object(json, JsonBytes.skipBlank(json, 0, json.length), json.length)) {
      return null;
    }
    long[] ids = null;
    int[] ends = {};
    try (JsonParser parser = JsonBytes.parser(json, 0, json.length)) {
      parser.nextToken();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        boolean array = parser.nextToken() == JsonToken.START_ARRAY;
        switch (name) {
          case "tokens" -> ids = array ? read(parser) : null;
          case "token_strs" -> ends = array ? readEnds(parser) : ends;
          default -> parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      return null;
    }
    return ids == null ? null : new TokenIds(ids, ends.length == ids.length ? ends : new int[0]);
  }

  /** Those of an array that begins there, which was read before. */
  static TokenIds at(byte[] json, int start) {
    try (JsonParser parser = JsonBytes.parser(json, start, json.length - start)) {
      parser.nextToken();
      return new TokenIds(Objects.requireNonNull(read(parser)), new int[0]);
    }
  }

  /** All of these, one after the other. */
  static TokenIds of(List<TokenIds> parts) {
    long[] all = parts.stream().flatMapToLong(part -> Arrays.stream(part.ids)).toArray();
    return new TokenIds(all, new int[0]);
  }

  private static long @Nullable [] read(JsonParser parser) {
    long[] read = new long[FIRST_CAPACITY];
    int count = 0;
    while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      if (count == read.length) {
        read = Arrays.copyOf(read, 2 * count);
      }
      read[count++] = parser.getLongValue();
    }
    return parser.hasToken(JsonToken.END_ARRAY) ? Arrays.copyOf(read, count) : null;
  }

  /** Nothing if an item is no text. */
  private static int[] readEnds(JsonParser parser) {
    int[] read = new int[FIRST_CAPACITY];
    int count = 0;
    int end = 0;
    while (parser.nextToken() == JsonToken.VALUE_STRING) {
      if (count == read.length) {
        read = Arrays.copyOf(read, 2 * count);
      }
      String text = parser.getString();
      end += text.codePointCount(0, text.length());
      read[count++] = end;
    }
    boolean whole = parser.hasToken(JsonToken.END_ARRAY);
    while (!parser.hasToken(JsonToken.END_ARRAY)) {
      parser.skipChildren();
      parser.nextToken();
    }
    return whole ? Arrays.copyOf(read, count) : new int[0];
  }

  int count() {
    return ids.length;
  }

  /** Where the text of each ends, in characters of the tokenizer's own; empty: not known. */
  int[] ends() {
    return ends;
  }

  /** What a tokenizer's character is, by the length of a whole text. */
  SaidText.Unit unit(SaidText.Said text) {
    int all = ends.length == 0 ? -1 : ends[ends.length - 1];
    for (SaidText.Unit unit : SaidText.Unit.values()) {
      int[] pieces = text.ends(unit);
      if (pieces.length > 0 && pieces[pieces.length - 1] == all) {
        return unit;
      }
    }
    return SaidText.Unit.UNKNOWN;
  }

  /** These, then others. */
  TokenIds then(TokenIds others) {
    return of(List.of(this, others));
  }

  /** Some of them. */
  TokenIds slice(int from, int to) {
    return new TokenIds(Arrays.copyOfRange(ids, from, to), new int[0]);
  }

  /** Whether others are the first of these. */
  boolean beginsWith(TokenIds others) {
    int count = others.ids.length;
    return count <= ids.length && Arrays.equals(ids, 0, count, others.ids, 0, count);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TokenIds those && Arrays.equals(ids, those.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  /** As a JSON array. */
  @Override
  public String toString() {
    StringBuilder json = new StringBuilder(8 * ids.length + 2).append('[');
    for (int i = 0; i < ids.length; i++) {
      json.append(i == 0 ? "" : ",").append(ids[i]);
    }
    return json.append(']').toString();
  }
}
