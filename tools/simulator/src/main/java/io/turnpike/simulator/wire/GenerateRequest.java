package io.turnpike.simulator.wire;

import io.turnpike.simulator.text.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat or completion request that vLLM would accept.
 *
 * @param api which of the two
 * @param id the answer's id with its prefix, {@code chatcmpl-…} or {@code cmpl-…}
 * @param model the model's name as asked, or the served one
 * @param prompts one or more prompts in tokens; chat has one
 * @param n answers a prompt, at least 1
 * @param limits what ends an answer; {@code maxTokens} is resolved for each prompt by {@link
 *     #maxTokens}
 * @param stream how the answer comes
 * @param returnTokenIds whether ids are shown
 * @param echo whether a completion repeats its prompt
 * @param cacheSalt separates prefix caches, empty when absent
 * @param kvTransferParams the connector's parameters, null when absent
 */
public record GenerateRequest(
    Api api,
    String id,
    String model,
    List<int[]> prompts,
    int n,
    Answer.Limits limits,
    Streaming stream,
    boolean returnTokenIds,
    boolean echo,
    String cacheSalt,
    @Nullable ObjectNode kvTransferParams) {

  /** The two request families. */
  public enum Api {
    CHAT("chatcmpl-", "chat.completion"),
    COMPLETION("cmpl-", "text_completion");

    final String idPrefix;
    final String object;

    Api(String idPrefix, String object) {
      this.idPrefix = idPrefix;
      this.object = object;
    }
  }

  /** How an answer comes. */
  public enum Streaming {
    NONE,
    PLAIN,
    USAGE_AT_END,
    USAGE_ALWAYS;

    public boolean isStream() {
      return this != NONE;
    }

    boolean hasUsage() {
      return this == USAGE_AT_END || this == USAGE_ALWAYS;
    }
  }

  /** Most tokens that the given prompt may be answered with. */
  public int maxTokens(int[] prompt, int maxModelLen) {
    return Math.max(1, Math.min(limits.maxTokens(), maxModelLen - prompt.length));
  }

  /** The limits with that many tokens at most. */
  public Answer.Limits limitsFor(int maxTokens) {
    return new Answer.Limits(
        maxTokens, limits.minTokens(), limits.ignoreEos(), limits.stop(), limits.stopTokenIds());
  }

  /** All prompts together. */
  public int promptTokens() {
    return prompts.stream().mapToInt(prompt -> prompt.length).sum();
  }

  /** Whether the request asks for P's half of a handoff. */
  public boolean asksForRemoteDecode() {
    return kvTransferParams != null && kvTransferParams.path("do_remote_decode").asBoolean(false);
  }

  /** Whether the request asks for D's half of a handoff. */
  public boolean asksForRemotePrefill() {
    return kvTransferParams != null && kvTransferParams.path("do_remote_prefill").asBoolean(false);
  }
}
