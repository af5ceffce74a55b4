package io.turnpike.node;

import java.time.Instant;

/**
 * What an engine's own metrics said at one moment.
 *
 * @param running requests in the running batch ({@code vllm:num_requests_running})
 * @param waiting requests waiting to be scheduled ({@code vllm:num_requests_waiting})
 * @param kvUsage share of KV blocks in use, 0 to 1 ({@code vllm:kv_cache_usage_perc})
 * @param prefixQueryTokens prompt tokens looked up in the prefix cache since the engine started
 * @param prefixHitTokens of those, tokens found
 * @param at when the metrics were read
 */
public record NodeLoad(
    int running,
    int waiting,
    double kvUsage,
    long prefixQueryTokens,
    long prefixHitTokens,
    Instant at) {}
