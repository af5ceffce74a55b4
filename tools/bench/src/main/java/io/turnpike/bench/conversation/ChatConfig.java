package io.turnpike.bench.conversation;

import org.jspecify.annotations.Nullable;

/**
 * What {@code bench chat} was asked for.
 *
 * @param what the questions, or the trace
 * @param conversations at most; 0 for all
 * @param concurrency of them; 0 for no bound
 * @param speed times of a trace are divided by it
 * @param maxTokens of an answer; null where the trace says
 * @param kvBytesPerToken of the model
 * @param seed of made-up text
 */
public record ChatConfig(
    String url,
    String what,
    int conversations,
    int concurrency,
    double speed,
    @Nullable Integer maxTokens,
    long kvBytesPerToken,
    long seed) {}
