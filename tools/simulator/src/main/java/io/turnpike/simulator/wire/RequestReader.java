package io.turnpike.simulator.wire;

import io.turnpike.simulator.text.Answer;
import io.turnpike.simulator.text.ChatTemplate;
import io.turnpike.simulator.text.Tokenizer;
import io.turnpike.simulator.wire.GenerateRequest.Api;
import io.turnpike.simulator.wire.GenerateRequest.Streaming;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a body as vLLM 0.32.0 does, refusing what it refuses with the same words (recorded).
 * Thread-safe.
 *
 * @param servedModel the one model's name
 * @param maxModelLen most tokens of prompt and answer together
 */
public record RequestReader(String servedModel, int maxModelLen) {

  private static final int DEFAULT_COMPLETION_TOKENS = 16;
  private static final int MAX_N = 16_384;
  private static final String BOTH_SAID =
      "Cannot set both `continue_final_message` and `add_generation_prompt` to True.";
  private static final String BOTH_MEANT =
      "continue_final_message and add_generation_prompt are not compatible. Use"
          + " continue_final_message when you want the model to continue the final message, and"
          + " add_generation_prompt when you want to add a header that will prompt it to start a"
          + " new assistant message instead.";

  /**
   * The request in {@code body}.
   *
   * @param requestId the value of X-Request-Id, null when absent
   * @throws ApiError when vLLM would refuse it
   */
  public GenerateRequest read(
      Api api, byte[] body, @Nullable String contentType, @Nullable String requestId) {
    ObjectNode json = BodyReader.object(body, contentType);
    return api == Api.CHAT ? chat(json, requestId) : completion(json, requestId);
  }

  /** The prompt of a {@code /tokenize} body, of either kind. */
  public int[] tokenize(byte[] body, @Nullable String contentType) {
    ObjectNode json = BodyReader.object(body, contentType);
    return json.has("messages")
        ? chatPrompt(json)
        : Tokenizer.encode(json.path("prompt").asString(""));
  }

  /** The text of a {@code /detokenize} body. */
  public String detokenize(byte[] body, @Nullable String contentType) {
    JsonNode tokens = BodyReader.object(body, contentType).path("tokens");
    if (!tokens.isArray()) {
      throw ApiError.validation(
          "list_type", "body.tokens", "Input should be a valid list", Fields.describe(tokens));
    }
    return Tokenizer.decode(tokenIds(tokens));
  }

  private GenerateRequest chat(ObjectNode json, @Nullable String requestId) {
    Fields fields = new Fields(json);
    fields.requireMessages();
    Integer limit = fields.integer("max_completion_tokens");
    Integer older = fields.integer("max_tokens");
    Parts parts = parts(fields, limit != null ? limit : older);
    int[] prompt = chatPrompt(json);
    checkLength(prompt);
    return build(Api.CHAT, fields, parts, List.of(prompt), requestId);
  }

  private GenerateRequest completion(ObjectNode json, @Nullable String requestId) {
    Fields fields = new Fields(json);
    Integer limit = fields.integer("max_tokens");
    Parts parts = parts(fields, limit == null ? Integer.valueOf(DEFAULT_COMPLETION_TOKENS) : limit);
    List<int[]> prompts = prompts(json.path("prompt"));
    prompts.forEach(this::checkLength);
    return build(Api.COMPLETION, fields, parts, prompts, requestId);
  }

  /** What both families check before they look at the prompt. */
  private record Parts(@Nullable Integer maxTokens, int n, Streaming streaming, int minTokens) {}

  private Parts parts(Fields fields, @Nullable Integer maxTokens) {
    fields.requireTypes();
    String model = fields.text("model", servedModel);
    if (!model.equals(servedModel)) {
      throw ApiError.unknownModel(model, servedModel);
    }
    int n = fields.integer("n", 1);
    double temperature = fields.number("temperature", 1);
    checkSampling(n, temperature);
    checkMaxTokens(maxTokens);
    int minTokens = fields.integer("min_tokens", 0);
    if (maxTokens != null && minTokens > maxTokens) {
      throw ApiError.badRequest(
          "min_tokens must be less than or equal to max_tokens=%d, got %d."
              .formatted(maxTokens, minTokens),
          null);
    }
    return new Parts(maxTokens, n, fields.streaming(), minTokens);
  }

  private static void checkSampling(int n, double temperature) {
    if (n < 1) {
      throw ApiError.badRequest("n must be at least 1, got " + n + ".", null);
    }
    if (n > MAX_N) {
      throw ApiError.badRequest("n must be at most " + MAX_N + ", got " + n + ".", null);
    }
    if (temperature < 0) {
      throw ApiError.badRequest(
          "temperature must be non-negative, got %s. (parameter=temperature, value=%s)"
              .formatted(temperature, temperature),
          "temperature");
    }
    if (n > 1 && temperature == 0) {
      throw ApiError.badRequest("n must be 1 when using greedy sampling, got " + n + ".", null);
    }
  }

  private void checkMaxTokens(@Nullable Integer maxTokens) {
    if (maxTokens == null) {
      return;
    }
    if (maxTokens < 1) {
      throw ApiError.badRequest(
          "max_tokens must be at least 1, got %d. (parameter=max_tokens, value=%d)"
              .formatted(maxTokens, maxTokens),
          "max_tokens");
    }
    if (maxTokens > maxModelLen) {
      throw ApiError.badRequest(
          ("max_tokens=%d cannot be greater than max_model_len=%d. Please request fewer output"
                  + " tokens. (parameter=max_tokens, value=%d)")
              .formatted(maxTokens, maxModelLen, maxTokens),
          "max_tokens");
    }
  }

  private void checkLength(int[] prompt) {
    if (prompt.length > maxModelLen) {
      int least = maxModelLen + 1;
      throw ApiError.badRequest(
          ("This model's maximum context length is %d tokens. However, your prompt contains at"
                  + " least %d input tokens, which exceeds this limit even without any output"
                  + " tokens. Please reduce the length of the input prompt."
                  + " (parameter=input_tokens, value=%d)")
              .formatted(maxModelLen, least, least),
          "input_tokens");
    }
  }

  private GenerateRequest build(
      Api api, Fields fields, Parts parts, List<int[]> prompts, @Nullable String requestId) {
    Integer maxTokens = parts.maxTokens();
    Answer.Limits limits =
        new Answer.Limits(
            maxTokens == null ? maxModelLen : maxTokens,
            parts.minTokens(),
            fields.flag("ignore_eos"),
            fields.stopStrings(),
            fields.stopTokenIds());
    return new GenerateRequest(
        api,
        api.idPrefix + (requestId == null ? fields.text("request_id", newId()) : requestId),
        servedModel,
        prompts,
        parts.n(),
        limits,
        parts.streaming(),
        fields.flag("return_token_ids"),
        fields.flag("echo"),
        fields.text("cache_salt", ""),
        fields.kvTransferParams());
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "").substring(0, 16);
  }

  private static int[] chatPrompt(ObjectNode json) {
    List<ChatTemplate.Message> messages = new ArrayList<>();
    for (JsonNode message : json.path("messages")) {
      messages.add(
          new ChatTemplate.Message(message.path("role").asString("user"), content(message)));
    }
    JsonNode tools = json.path("tools");
    return ChatTemplate.apply(
        messages, tools.isArray() && !tools.isEmpty() ? tools.toString() : "", end(json));
  }

  private static ChatTemplate.End end(ObjectNode json) {
    Fields fields = new Fields(json);
    boolean says = json.has("add_generation_prompt");
    boolean asksNew = !says || fields.flag("add_generation_prompt");
    if (!fields.flag("continue_final_message")) {
      return asksNew ? ChatTemplate.End.NEW_MESSAGE : ChatTemplate.End.LAST_MESSAGE;
    }
    if (asksNew) {
      throw ApiError.badRequest(says ? BOTH_SAID : BOTH_MEANT, null);
    }
    return ChatTemplate.End.OPEN_MESSAGE;
  }

  private static String content(JsonNode message) {
    JsonNode content = message.path("content");
    StringBuilder text = new StringBuilder();
    if (content.isArray()) {
      content.forEach(part -> text.append(part.path("text").asString("")));
    } else {
      text.append(content.asString(""));
    }
    if (message.has("tool_calls")) {
      text.append(message.path("tool_calls"));
    }
    return text.toString();
  }

  private static List<int[]> prompts(JsonNode prompt) {
    List<int[]> prompts = new ArrayList<>();
    if (prompt.isString()) {
      prompts.add(Tokenizer.encode(prompt.asString()));
    } else if (prompt.isArray() && !prompt.isEmpty() && prompt.get(0).isNumber()) {
      prompts.add(tokenIds(prompt));
    } else if (prompt.isArray()) {
      for (JsonNode one : prompt) {
        prompts.add(one.isArray() ? tokenIds(one) : Tokenizer.encode(one.asString("")));
      }
    }
    if (prompts.isEmpty() || prompts.stream().anyMatch(one -> one.length == 0)) {
      throw ApiError.badRequest(
          "Either prompt or prompt_embeds must be provided and non-empty. (parameter=prompt)",
          "prompt");
    }
    return prompts;
  }

  private static int[] tokenIds(JsonNode ids) {
    int[] tokens = new int[ids.size()];
    for (int i = 0; i < tokens.length; i++) {
      long id = ids.get(i).asLong(-1);
      if (!Tokenizer.isKnown(id)) {
        throw ApiError.badRequest("Token id " + id + " is out of vocabulary", null);
      }
      tokens[i] = (int) id;
    }
    return tokens;
  }
}
