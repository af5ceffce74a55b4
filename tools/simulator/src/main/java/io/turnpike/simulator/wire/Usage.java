package io.turnpike.simulator.wire;

/**
 * Token counts of one request, as shown to the client.
 *
 * @param promptTokens all prompts, each counted once however many answers it gets
 * @param completionTokens all answers
 * @param cachedTokens prompt tokens found in the prefix cache; on a decode leg, P's figure
 * @param createdCacheTokens prompt tokens newly put into the prefix cache, in full blocks
 */
public record Usage(
    int promptTokens, int completionTokens, int cachedTokens, int createdCacheTokens) {

  String counts() {
    return "{\"prompt_tokens\":"
        + promptTokens
        + ",\"total_tokens\":"
        + (promptTokens + completionTokens)
        + ",\"completion_tokens\":"
        + completionTokens;
  }
}
