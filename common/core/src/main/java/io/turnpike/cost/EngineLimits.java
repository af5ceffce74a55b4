package io.turnpike.cost;

/**
 * What an engine holds at once.
 *
 * @param tokenBudget tokens of one step ({@code --max-num-batched-tokens})
 * @param maxSequences running requests ({@code --max-num-seqs})
 * @param kvTokens tokens whose KV fits into the device's memory
 * @param kvBytesPerToken bytes of KV a token takes, which is what a handoff moves
 */
public record EngineLimits(int tokenBudget, int maxSequences, long kvTokens, long kvBytesPerToken) {

  public EngineLimits {
    Checks.positive("limits: token budget", tokenBudget);
    Checks.positive("limits: max sequences", maxSequences);
    Checks.positive("limits: kv tokens", kvTokens);
    Checks.positive("limits: kv bytes per token", kvBytesPerToken);
  }
}
