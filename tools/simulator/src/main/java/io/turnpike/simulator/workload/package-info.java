/**
 * What clients ask for: conversations with their turns, made up from a specification or read from a
 * trace.
 *
 * <p>Starting points: {@link io.turnpike.simulator.workload.Session}; {@link
 * io.turnpike.simulator.workload.SyntheticSessions}; {@link
 * io.turnpike.simulator.workload.TraceReader}.
 */
@NullMarked
package io.turnpike.simulator.workload;

import org.jspecify.annotations.NullMarked;
