/**
 * Moving KV from a prefill engine to a decode engine: what it costs, and how long the prefill
 * engine keeps the blocks for it.
 *
 * <p>Starting points: {@link io.turnpike.simulator.handoff.Handoff}, what a request asks for;
 * {@link io.turnpike.simulator.handoff.Leases}, the finished prompts that wait to be read.
 */
@NullMarked
package io.turnpike.simulator.handoff;

import org.jspecify.annotations.NullMarked;
