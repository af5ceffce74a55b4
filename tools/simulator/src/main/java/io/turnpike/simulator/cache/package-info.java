/**
 * An engine's KV memory: blocks of 16 tokens, shared by requests with the same prefix, evicted
 * least recently used first.
 *
 * <p>Starting point: {@link io.turnpike.simulator.cache.KvCache}.
 */
@NullMarked
package io.turnpike.simulator.cache;

import org.jspecify.annotations.NullMarked;
