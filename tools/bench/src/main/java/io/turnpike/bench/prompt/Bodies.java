package io.turnpike.bench.prompt;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes request bodies.
 *
 * @param model the model's name
 * @param api which API
 * @param streamed whether answers are streams; their usage is asked for
 * @param extensions whether {@code ignore_eos}, which fixes an answer's length, and {@code
 *     cache_salt} are sent; other servers than vLLM may refuse them
 * @param cacheSalt keeps the prefix caches of modes and runs apart although their prompts are the
 *     same; empty for none
 */
public record Bodies(
    String model, Api api, boolean streamed, Extensions extensions, String cacheSalt) {

  private static final JsonMapper JSON = new JsonMapper();

  /** What to ask. */
  public enum Api {
    CHAT("/v1/chat/completions"),
    COMPLETIONS("/v1/completions");

    private final String path;

    Api(String path) {
      this.path = path;
    }

    public String path() {
      return path;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Fields that not every server knows. */
  public enum Extensions {
    VLLM,
    NONE
  }

  /**
   * A body.
   *
   * @param said what was said in turns: user, assistant, user and so on
   */
  public byte[] body(List<String> said, int maxTokens) {
    ObjectNode body = JSON.createObjectNode().put("model", model);
    if (api == Api.CHAT) {
      ArrayNode messages = body.putArray("messages");
      for (int i = 0; i < said.size(); i++) {
        String role = i % 2 == 0 ? "user" : "assistant";
        messages.addObject().put("role", role).put("content", said.get(i));
      }
    } else {
      body.put("prompt", String.join("", said));
    }
    body.put("max_tokens", maxTokens).put("temperature", 0);
    if (extensions == Extensions.VLLM) {
      body.put("ignore_eos", true);
      if (!cacheSalt.isEmpty()) {
        body.put("cache_salt", cacheSalt);
      }
    }
    if (streamed) {
      body.put("stream", true).putObject("stream_options").put("include_usage", true);
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * A conversation's explicit key, for servers that do not know {@code cache_salt}: it keeps a
   * gateway from taking the same prompts in another mode for the same conversation.
   */
  public String session(int conversation) {
    return extensions == Extensions.NONE && !cacheSalt.isEmpty()
        ? cacheSalt + "-" + conversation
        : "";
  }

  /** The same with another salt. */
  public Bodies withSalt(String salt) {
    return new Bodies(model, api, streamed, extensions, salt);
  }
}
