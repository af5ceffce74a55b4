package io.turnpike.openai;

import static io.turnpike.openai.FieldReader.wrong;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a request body once, as bytes, and notes what a gateway needs: a few values, and the places
 * of the members it will cut, rewrite or hash. Texts are skipped, never decoded.
 *
 * <p>Of a repeated name the last one counts, as in the engines (Python's json); every occurrence of
 * a member that must not reach an engine is cut. Wrong types are refused only for what is read
 * here; the rest is the engine's to judge. vLLM 0.32 takes a missing model and unknown roles.
 *
 * <p>{@code vllm_xargs} is the one nested place from which an engine takes a KV connector's
 * parameters (vLLM copies it into the sampling parameters' extra arguments, where {@code
 * kv_transfer_params} is looked up), so such a key in it is refused.
 */
public final class TurnScanner {

  private static final String MESSAGES_EXPECTED = "a non-empty array of objects";

  /** The longest conversation that is taken; each message keeps 24 bytes of places. */
  static final int MAX_MESSAGES = 10_000;

  /** Members of the request itself; each that is cut keeps 12 bytes. */
  static final int MAX_MEMBERS = 1_000;

  private static final String PROMPT_EXPECTED =
      "a string, or a non-empty array of strings, of integers or of arrays of integers";

  final TurnApi api;
  final byte[] body;
  final int objectStart;
  int objectEnd;

  final BodyEdits edits = new BodyEdits();
  final MessagePlaces messages = new MessagePlaces();
  final PromptPlaces prompt;

  @Nullable String model;
  boolean stream;
  int maxTokens = -1;
  int maxCompletionTokens = -1;
  boolean hasStream;
  boolean hasN;
  boolean hasMaxCompletionTokens;
  boolean hasMaxTokens;
  int minTokens;
  int n = -1;
  int bestOf = -1;
  boolean beamSearch;
  boolean promptEmbeds;

  /** Whether an answer cannot go on elsewhere, by what is asked for. */
  boolean oneEngineOnly;

  @Nullable String sessionId;
  @Nullable String conversationId;
  @Nullable String promptCacheKey;

  int tools = -1;
  int cacheSalt = -1;
  boolean hasCacheSalt;
  @Nullable String cacheSaltText;
  int chatTemplate = -1;
  int chatTemplateArguments = -1;
  int documents = -1;
  int messagesStart;
  int messagesBytes;
  private boolean hasMessages;

  private TurnScanner(TurnApi api, byte[] body, int objectStart) {
    this.api = api;
    this.body = body;
    this.objectStart = objectStart;
    this.prompt = new PromptPlaces(objectStart);
  }

  /**
   * Scans a request body. The bytes are kept, not copied, and must not change afterwards.
   *
   * @throws GatewayException with a 400 that names the field and what was expected
   */
  public static TurnBody scan(TurnApi api, byte[] body, int offset, int length)
      throws GatewayException {
    int end = offset + length;
    int start = JsonBytes.skipBlank(body, offset, end);
    if (start == end) {
      throw ApiError.invalidJson("empty").toException();
    }
    if (!JsonBytes.isUtf8Object(body, start, end)) {
      throw ApiError.invalidJson("not an object in UTF-8").toException();
    }
    TurnScanner scanner = new TurnScanner(api, body, start);
    try (JsonParser parser = JsonBytes.parser(body, start, end - start)) {
      scanner.object(parser);
    } catch (JacksonException e) {
      throw ApiError.invalidJson(reason(e)).toException();
    }
    scanner.requirePrompt();
    return new TurnBody(scanner);
  }

  private static String reason(JacksonException e) {
    String what = e.getOriginalMessage();
    int inside = what.indexOf(" (start marker at"); // names the parser's source, not the client's
    String plain = inside < 0 ? what : what.substring(0, inside);
    String clipped = plain.length() > 160 ? plain.substring(0, 160) + "…" : plain;
    return e.getLocation() == null
        ? clipped
        : clipped
            + " at line %d, column %d"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private void object(JsonParser parser) {
    parser.nextToken();
    int members = 0;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      if (++members > MAX_MEMBERS) {
        throw ApiError.tooMany("body", "members", MAX_MEMBERS).toException();
      }
      memberStarts(parser);
      int kind = cutKind(name);
      if (kind != 0) {
        edits.begin(place(parser), kind);
      }
      parser.nextToken();
      member(parser, name);
      parser.skipChildren();
    }
    memberStarts(parser);
    objectEnd = place(parser);
    if (parser.nextToken() != null) {
      throw ApiError.invalidJson("something follows the object").toException();
    }
  }

  /** The parser stands on a member's name or on the closing brace: what came before ends here. */
  private void memberStarts(JsonParser parser) {
    if (edits.isOpen()) {
      edits.end(place(parser));
    }
    if (prompt.isOpen()) {
      prompt.end(place(parser));
    }
  }

  private int place(JsonParser parser) {
    return objectStart + JsonBytes.start(parser);
  }

  private static int cutKind(String name) {
    return switch (name) {
      case "kv_transfer_params" -> BodyEdits.KV;
      case "stream", "stream_options", "min_completion_tokens", "n", "best_of", "ignore_eos" ->
          BodyEdits.PREFILL;
      case "cache_salt" -> BodyEdits.SALT;
      case "priority" -> BodyEdits.PRIORITY;
      case "min_tokens", "max_tokens", "max_completion_tokens" ->
          BodyEdits.PREFILL | BodyEdits.RESUME;
      case "messages", "prompt", "add_generation_prompt", "continue_final_message" ->
          BodyEdits.RESUME;
      default -> isKvName(name) ? BodyEdits.KV : 0;
    };
  }

  private static boolean isKvName(String name) {
    return name.startsWith("bootstrap_") || name.equals("kv_transfer_params");
  }

  private void member(JsonParser parser, String name) {
    switch (name) {
      case "messages" -> {
        if (api == TurnApi.CHAT) {
          readMessages(parser);
        }
      }
      case "prompt" -> {
        if (api == TurnApi.COMPLETIONS) {
          readPrompt(parser);
        }
      }
      case "prompt_embeds" -> promptEmbeds = !parser.hasToken(JsonToken.VALUE_NULL);
      case "model" -> model = FieldReader.text(parser, name);
      case "stream" -> {
        hasStream = true;
        stream = FieldReader.bool(parser, name);
      }
      case "max_tokens" -> {
        hasMaxTokens = true;
        maxTokens = FieldReader.integer(parser, name);
      }
      case "max_completion_tokens" -> {
        hasMaxCompletionTokens = true;
        maxCompletionTokens = FieldReader.integer(parser, name);
      }
      case "min_tokens" -> minTokens = Math.max(0, FieldReader.integer(parser, name));
      case "n" -> {
        hasN = true;
        n = FieldReader.integer(parser, name);
      }
      case "best_of" -> bestOf = FieldReader.integer(parser, name);
      case "use_beam_search" -> beamSearch = FieldReader.bool(parser, name);
      case "vllm_xargs" -> refuseKvNames(parser);
      default -> {
        oneEngineOnly |= ResumeRules.forbids(parser, name);
        identity(parser, name);
      }
    }
  }

  /** What tells one conversation from another. */
  private void identity(JsonParser parser, String name) {
    switch (name) {
      case "user" -> FieldReader.name(parser, name);
      case "session_id" -> sessionId = FieldReader.name(parser, name);
      case "conversation_id" -> conversationId = FieldReader.name(parser, name);
      case "prompt_cache_key" -> promptCacheKey = FieldReader.name(parser, name);
      case "tools" -> tools = place(parser);
      case "cache_salt" -> {
        cacheSalt = place(parser);
        cacheSaltText = FieldReader.name(parser, name);
        hasCacheSalt = !parser.hasToken(JsonToken.VALUE_NULL);
      }
      case "chat_template" -> chatTemplate = place(parser);
      case "chat_template_kwargs" -> chatTemplateArguments = place(parser);
      case "documents" -> documents = place(parser);
      default -> {}
    }
  }

  private static void refuseKvNames(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      return;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      if (isKvName(name)) {
        throw ApiError.invalidField(
                "vllm_xargs." + name, "given", "nothing of a KV connector's from a client")
            .toException();
      }
      parser.nextToken();
      parser.skipChildren();
    }
  }

  private void readMessages(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      throw wrong(parser, "messages", MESSAGES_EXPECTED);
    }
    messagesStart = place(parser);
    messages.clear();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (!parser.hasToken(JsonToken.START_OBJECT)) {
        throw wrong(parser, "messages[" + messages.count() + "]", "an object");
      }
      readMessage(parser);
    }
    if (messages.count() == 0) {
      throw wrong(parser, "messages", MESSAGES_EXPECTED);
    }
    hasMessages = true;
    messagesBytes = place(parser) + 1 - messagesStart;
  }

  private void readMessage(JsonParser parser) {
    if (messages.count() == MAX_MESSAGES) {
      throw ApiError.tooMany("messages", "messages", MAX_MESSAGES).toException();
    }
    messages.add();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      int field = MessagePlaces.fieldNumber(name);
      if (field >= 0) {
        messages.field(field, place(parser));
      }
      if (field == 0) {
        messages.shared(isShared(parser));
      }
      parser.skipChildren();
    }
  }

  /** Whether a role is one whose messages many conversations have in common. */
  private static boolean isShared(JsonParser parser) {
    if (!parser.hasToken(JsonToken.VALUE_STRING)) {
      return false;
    }
    String role = parser.getString();
    return role.equals("system") || role.equals("developer");
  }

  private void readPrompt(JsonParser parser) {
    if (!prompt.read(parser)) {
      throw wrong(parser, "prompt", PROMPT_EXPECTED);
    }
  }

  private void requirePrompt() {
    if (api == TurnApi.CHAT && !hasMessages) {
      throw ApiError.missingField("messages", MESSAGES_EXPECTED).toException();
    }
    if (api == TurnApi.COMPLETIONS && prompt.isAbsent() && !promptEmbeds) {
      throw ApiError.missingField("prompt", PROMPT_EXPECTED).toException();
    }
  }

  /** Bytes of the messages or of the prompt as they stand in the body. */
  int promptBytes() {
    return api == TurnApi.CHAT ? messagesBytes : prompt.bytes();
  }
}
