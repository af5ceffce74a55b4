package io.turnpike.receipt;

import io.turnpike.error.ApiError;
import io.turnpike.openai.TurnApi;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that became no turn: nothing of it was sent to an engine.
 *
 * @param at when it was refused
 * @param caller the id of whose key it was; null: nobody's, or not known by then
 * @param error what it was told
 */
public record Refusal(Instant at, TurnApi api, @Nullable String caller, ApiError error) {}
