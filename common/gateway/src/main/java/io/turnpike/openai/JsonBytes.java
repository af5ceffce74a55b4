package io.turnpike.openai;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * The one JSON factory of the hot path, and byte offsets of its tokens.
 *
 * <p>The offsets hold only for UTF-8, so {@link #isUtf8Object} must have said yes before a parser
 * is made: Jackson would read UTF-16 and UTF-32 through characters.
 */
final class JsonBytes {

  /**
   * How deep JSON may nest. The engines' parser ends between 990 and 1,500 (Python's recursion
   * limit, tried with vLLM 0.32) and so has the last word; nothing here recurses.
   */
  static final int MAX_NESTING = 1_000;

  /** The longest property name that is taken. */
  static final int MAX_NAME_CHARS = 4_096;

  /** The longest text that is decoded; texts that are skipped have no limit. */
  static final int MAX_TEXT_CHARS = 64 * 1024;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNameLength(MAX_NAME_CHARS)
                  .maxStringLength(MAX_TEXT_CHARS)
                  .build())
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .build();

  private JsonBytes() {}

  static JsonParser parser(byte[] json, int offset, int length) {
    return FACTORY.createParser(ObjectReadContext.empty(), json, offset, length);
  }

  /** Whether an opening brace at this place starts JSON in UTF-8. */
  static boolean isUtf8Object(byte[] json, int at, int end) {
    return at < end && json[at] == '{' && (at + 1 == end || json[at + 1] != 0);
  }

  /** The place of the first byte that is no blank; a UTF-8 byte order mark counts as blank. */
  static int skipBlank(byte[] json, int from, int end) {
    int at = from;
    if (end - at >= 3
        && json[at] == (byte) 0xEF
        && json[at + 1] == (byte) 0xBB
        && json[at + 2] == (byte) 0xBF) {
      at += 3;
    }
    while (at < end && isBlank(json[at])) {
      at++;
    }
    return at;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** Where the current token starts, counted from the parser's first byte. */
  static int start(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }
}
