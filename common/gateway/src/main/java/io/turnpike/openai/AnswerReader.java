package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads one JSON object of an engine's: a whole answer, or one chunk of a streamed one. It has
 * content as soon as anything of the answer is in it: text, reasoning, a tool call, a refusal, or
 * the reason why it ends.
 */
final class AnswerReader {

  /** What the bytes are. */
  enum Form {
    /** One JSON object, or one that nests too deep to be read here. */
    OBJECT,
    /** The start of a JSON object. */
    CUT_OFF,
    /** Something else. */
    NO_OBJECT
  }

  private Form form = Form.NO_OBJECT;
  private boolean content;
  private boolean choices;
  private boolean choicesRead;
  private boolean finished;
  private boolean aborted;
  private boolean failed;
  private int textAt = -1;
  private int saidAt = -1;
  private boolean saysMore;
  private @Nullable String errorMessage;
  private Usage usage = Usage.UNKNOWN;

  private final byte[] json;
  private final int from;
  private final int open;
  private final int to;
  private int close;
  private @Nullable BodyEdits kvMembers;

  private AnswerReader(byte[] json, int from, int to) {
    this.json = json;
    this.from = from;
    this.open = JsonBytes.skipBlank(json, from, to);
    this.to = to;
  }

  /**
   * Reads an object; never throws for what it contains. What is none counts as content and as
   * finished, and so does one that is cut off before its choices end: nothing is known of it.
   */
  static AnswerReader read(byte[] json, int from, int to) {
    AnswerReader reader = new AnswerReader(json, from, to);
    if (JsonBytes.isUtf8Object(json, reader.open, to)) {
      reader.parse();
    }
    if (reader.form != Form.OBJECT && !reader.choicesRead) {
      reader.content = true;
      reader.finished = true;
    }
    return reader;
  }

  private void parse() {
    try (JsonParser parser = JsonBytes.parser(json, open, to - open)) {
      try {
        object(parser);
        close = open + JsonBytes.start(parser);
        form = parser.nextToken() == null ? Form.OBJECT : Form.NO_OBJECT;
      } catch (StreamConstraintsException e) {
        unread();
      } catch (JacksonException e) {
        boolean atEnd = parser.currentLocation().getByteOffset() >= to - open;
        form = atEnd ? Form.CUT_OFF : Form.NO_OBJECT;
      }
    }
  }

  private void unread() {
    form = Form.OBJECT;
    saysMore = true;
    content = true;
    finished = true;
    kvMembers = null;
  }

  Form form() {
    return form;
  }

  boolean hasContent() {
    return content;
  }

  /** Whether there is at least one choice: the usage chunk at the end has none. */
  boolean hasChoices() {
    return choices;
  }

  /** Whether a choice says why it ends. */
  boolean isFinished() {
    return finished;
  }

  /** Whether a choice ends because the engine gave it up. */
  boolean isAborted() {
    return aborted;
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

  /** Whether it is a chunk with a text, of an answer that goes on. */
  boolean isLikeOthers() {
    return textAt >= 0 && !finished && form == Form.OBJECT;
  }

  /** Place of the opening quote of the last text in a choice, or −1. */
  int textAt() {
    return textAt;
  }

  /** Place of the opening quote of the text that a reader sees, or −1. */
  int saidAt() {
    return saidAt;
  }

  /** Whether it is a chunk that gives a reader nothing but a text of one choice. */
  boolean saysOnlyText() {
    return !saysMore && form == Form.OBJECT;
  }

  /** Whether there is something in {@code kv_transfer_params}; null, as vLLM writes, is nothing. */
  boolean hasKvTransferParams() {
    return kvMembers != null;
  }

  /**
   * A new buffer with everything that was read, byte for byte, but {@code kv_transfer_params}; only
   * for one object that has them.
   */
  ByteBuf withoutKvTransferParams(ByteBufAllocator allocator) {
    BodyEdits members = kvMembers;
    if (members == null) {
      throw new IllegalStateException("there are no parameters to cut out");
    }
    ByteBuf cleaned = members.splice(allocator, json, from, close, BodyEdits.KV);
    return cleaned.writeBytes(json, close + 1, to - close - 1);
  }

  private void object(JsonParser parser) {
    parser.nextToken();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      kvMemberEnds(parser);
      int nameAt = open + JsonBytes.start(parser);
      parser.nextToken();
      switch (name) {
        case "error" -> error(parser);
        case "choices" -> choices(parser);
        case "usage" -> usage = Usage.read(parser);
        case "kv_transfer_params" -> kvMember(parser, nameAt);
        default -> parser.skipChildren();
      }
    }
    kvMemberEnds(parser);
  }

  private void kvMember(JsonParser parser, int nameAt) {
    if (!parser.hasToken(JsonToken.VALUE_NULL)) {
      if (kvMembers == null) {
        kvMembers = new BodyEdits();
      }
      kvMembers.begin(nameAt, BodyEdits.KV);
    }
    parser.skipChildren();
  }

  private void kvMemberEnds(JsonParser parser) {
    if (kvMembers != null && kvMembers.isOpen()) {
      kvMembers.end(open + JsonBytes.start(parser));
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
    if (parser.hasToken(JsonToken.START_ARRAY)) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        saysMore |= choices;
        choices = true;
        if (parser.hasToken(JsonToken.START_OBJECT)) {
          choice(parser);
        } else {
          parser.skipChildren();
        }
      }
    }
    parser.skipChildren();
    choicesRead = true;
  }

  private void choice(JsonParser parser) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "delta", "message" -> delta(parser);
        case "text" -> said(parser);
        case "token_ids" -> more(parser);
        case "finish_reason" -> finishReason(parser);
        default -> parser.skipChildren();
      }
    }
  }

  private void finishReason(JsonParser parser) {
    if (!parser.hasToken(JsonToken.VALUE_NULL)) {
      content = true;
      finished = true;
      aborted |= parser.hasToken(JsonToken.VALUE_STRING) && parser.getString().equals("abort");
    }
    parser.skipChildren();
  }

  private void delta(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      parser.skipChildren();
      return;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "role" -> parser.skipChildren();
        case "content" -> said(parser);
        default -> more(parser);
      }
    }
  }

  /** What a reader sees. */
  private void said(JsonParser parser) {
    if (parser.hasToken(JsonToken.VALUE_STRING)) {
      saidAt = open + JsonBytes.start(parser);
      anything(parser);
    } else {
      more(parser);
    }
  }

  /** Anything else of an answer: reasoning, calls of tools, token ids. */
  private void more(JsonParser parser) {
    boolean before = content;
    content = false;
    anything(parser);
    saysMore |= content;
    content |= before;
  }

  /** A value that is neither null nor empty. */
  private void anything(JsonParser parser) {
    switch (parser.currentToken()) {
      case VALUE_NULL -> {}
      case VALUE_STRING -> {
        content |= parser.getStringLength() > 0;
        textAt = open + JsonBytes.start(parser);
      }
      case START_ARRAY, START_OBJECT -> nested(parser);
      default -> content = true;
    }
  }

  private void nested(JsonParser parser) {
    int depth = 1;
    JsonToken token = parser.nextToken();
    content |= !token.isStructEnd();
    while (true) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
        if (depth == 0) {
          return;
        }
      } else if (token == JsonToken.VALUE_STRING) {
        textAt = open + JsonBytes.start(parser);
      }
      token = parser.nextToken();
    }
  }
}
