package io.turnpike.openai;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads one chunk of a streamed chat or completion. A chunk has content as soon as anything of the
 * answer is in it: text, reasoning, a tool call, a refusal, or the reason why it ends.
 */
final class ChunkReader {

  private boolean content;
  private boolean choices;
  private boolean failed;
  private @Nullable String errorMessage;
  private Usage usage = Usage.UNKNOWN;

  /** Reads a chunk; what is no JSON object counts as content, because nothing is known of it. */
  static ChunkReader read(byte[] json, int from, int to) {
    ChunkReader chunk = new ChunkReader();
    int open = JsonBytes.skipBlank(json, from, to);
    if (!JsonBytes.isUtf8Object(json, open, to)) {
      chunk.content = true;
      return chunk;
    }
    try (JsonParser parser = JsonBytes.parser(json, open, to - open)) {
      chunk.object(parser);
    } catch (JacksonException e) {
      chunk.content = true;
    }
    return chunk;
  }

  boolean hasContent() {
    return content;
  }

  /** Whether there is at least one choice: the usage chunk at the end has none. */
  boolean hasChoices() {
    return choices;
  }

  boolean isFailed() {
    return failed;
  }

  @Nullable String errorMessage() {
    return errorMessage;
  }

  Usage usage() {
    return usage;
  }

  private void object(JsonParser parser) {
    parser.nextToken();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "error" -> error(parser);
        case "choices" -> choices(parser);
        case "usage" -> usage = Usage.read(parser);
        default -> parser.skipChildren();
      }
    }
  }

  private void error(JsonParser parser) {
    if (parser.hasToken(JsonToken.VALUE_NULL)) {
      return;
    }
    failed = true;
    if (parser.hasToken(JsonToken.VALUE_STRING)) {
      errorMessage = parser.getString();
    } else if (parser.hasToken(JsonToken.START_OBJECT)) {
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        if (parser.nextToken() == JsonToken.VALUE_STRING && name.equals("message")) {
          errorMessage = parser.getString();
        }
        parser.skipChildren();
      }
    }
    parser.skipChildren();
  }

  private void choices(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      choices = true;
      if (parser.hasToken(JsonToken.START_OBJECT)) {
        choice(parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void choice(JsonParser parser) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "delta", "message" -> delta(parser);
        case "text", "token_ids" -> anything(parser);
        case "finish_reason" -> content |= !parser.hasToken(JsonToken.VALUE_NULL);
        default -> parser.skipChildren();
      }
    }
  }

  private void delta(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      parser.skipChildren();
      return;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      if (name.equals("role")) {
        parser.skipChildren();
      } else {
        anything(parser);
      }
    }
  }

  /** A value that is neither null nor empty. */
  private void anything(JsonParser parser) {
    switch (parser.currentToken()) {
      case VALUE_NULL -> {}
      case VALUE_STRING -> content |= parser.getStringLength() > 0;
      case START_ARRAY -> {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          content = true;
          parser.skipChildren();
        }
      }
      case START_OBJECT -> {
        content |= parser.nextName() != null;
        closeObject(parser);
      }
      default -> content = true;
    }
  }

  private static void closeObject(JsonParser parser) {
    while (parser.currentToken() != JsonToken.END_OBJECT) {
      parser.nextToken();
      parser.skipChildren();
      parser.nextName();
    }
  }
}
