package io.turnpike.bench.run;

import io.turnpike.bench.prompt.PromptLengths;
import org.jspecify.annotations.Nullable;

/**
 * All that a load's figures depend on, but the server itself: two results with the same one may
 * stand for each other.
 *
 * @param api chat or completions
 * @param rate requests a second; null for a closed loop
 * @param concurrency requests under way at most; 0 for no bound
 * @param promptLengths how long prompts are made
 * @param clientPool connections at most; 0 for no bound
 * @param plain whether fields that only vLLM knows are left out
 */
public record LoadConfig(
    String url,
    String model,
    String api,
    int requests,
    @Nullable Double rate,
    int concurrency,
    int promptTokens,
    int maxTokens,
    int warmUp,
    boolean stream,
    PromptLengths promptLengths,
    int clientPool,
    boolean plain,
    int timeoutSeconds,
    long seed) {}
