package io.turnpike.openai;

import io.turnpike.conversation.PrefixChainBuilder;
import java.util.Arrays;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** What a completion's prompt is: one text, one list of token ids, or several of either. */
final class PromptPlaces {

  private enum Kind {
    ABSENT,
    TEXT,
    TOKEN_IDS
  }

  private static final int OPEN = -1;

  private final int base;
  private Kind kind = Kind.ABSENT;
  private int count;
  private int start;
  private int bytes;
  private int ids;

  PromptPlaces(int base) {
    this.base = base;
  }

  /** Reads the value the parser stands on, up to its last token; says no to a wrong type. */
  boolean read(JsonParser parser) {
    kind = Kind.ABSENT;
    count = 0;
    ids = 0;
    bytes = 0;
    return switch (parser.currentToken()) {
      case VALUE_NULL -> true;
      case VALUE_STRING -> {
        text(parser);
        yield true;
      }
      case START_ARRAY -> array(parser);
      default -> false;
    };
  }

  boolean isAbsent() {
    return kind == Kind.ABSENT;
  }

  int count() {
    return count;
  }

  /** Number of token ids, or −1 for a text. */
  int ids() {
    return kind == Kind.TOKEN_IDS ? ids : -1;
  }

  int bytes() {
    return bytes;
  }

  /** The first text, with its quotes. */
  byte[] text(byte[] body) {
    int quote = ChunkShape.stringEnd(body, start + 1, body.length);
    return Arrays.copyOfRange(body, start, quote + 1);
  }

  /** The first list of token ids. */
  TokenIds ids(byte[] body) {
    return TokenIds.at(body, start);
  }

  /** Adds the links of a single prompt; several have none, because no turn continues them. */
  void addLinks(PrefixChainBuilder chain, byte[] body) {
    if (count != 1) {
      return;
    }
    if (kind == Kind.TEXT) {
      chain.text(body, start);
    } else {
      chain.tokenIds(body, start);
    }
  }

  private boolean array(JsonParser parser) {
    int from = place(parser);
    JsonToken first = parser.nextToken();
    boolean right =
        switch (first) {
          case VALUE_STRING -> texts(parser);
          case VALUE_NUMBER_INT -> {
            begin(Kind.TOKEN_IDS, from);
            yield ids(parser);
          }
          case START_ARRAY -> lists(parser);
          default -> false;
        };
    bytes = place(parser) + 1 - from;
    return right;
  }

  private boolean texts(JsonParser parser) {
    do {
      if (!parser.hasToken(JsonToken.VALUE_STRING)) {
        return false;
      }
      begin(Kind.TEXT, place(parser));
    } while (parser.nextToken() != JsonToken.END_ARRAY);
    return true;
  }

  private boolean lists(JsonParser parser) {
    do {
      if (!parser.hasToken(JsonToken.START_ARRAY)) {
        return false;
      }
      begin(Kind.TOKEN_IDS, place(parser));
      if (parser.nextToken() != JsonToken.END_ARRAY && !ids(parser)) {
        return false;
      }
    } while (parser.nextToken() != JsonToken.END_ARRAY);
    return true;
  }

  private boolean ids(JsonParser parser) {
    do {
      if (!parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
        return false;
      }
      ids++;
    } while (parser.nextToken() != JsonToken.END_ARRAY);
    return true;
  }

  private void text(JsonParser parser) {
    begin(Kind.TEXT, place(parser));
    bytes = OPEN;
  }

  /** Whether a text has no end yet: it is skipped lazily, so only the next member tells it. */
  boolean isOpen() {
    return bytes == OPEN;
  }

  /** Ends a text: the next member's name or the closing brace is here. */
  void end(int at) {
    bytes = at - start;
  }

  private void begin(Kind what, int at) {
    if (count++ == 0) {
      start = at;
    }
    kind = what;
  }

  private int place(JsonParser parser) {
    return base + JsonBytes.start(parser);
  }
}
