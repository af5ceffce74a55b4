/**
 * What handing a prompt's KV cache from P to D costs, from times of both ways to a first token.
 *
 * <p>Starting points: {@link io.turnpike.bench.handoff.Ladder}; {@link
 * io.turnpike.bench.handoff.HandoffTable}.
 */
@NullMarked
package io.turnpike.bench.handoff;

import org.jspecify.annotations.NullMarked;
