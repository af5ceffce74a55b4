/**
 * Requests that an engine answers: their sequences, their words, and how an answer ends before its
 * time. Knows no sockets.
 *
 * <p>Starting points: {@link io.turnpike.simulator.generation.Generations}, {@link
 * io.turnpike.simulator.generation.Ending}.
 */
@NullMarked
package io.turnpike.simulator.generation;

import org.jspecify.annotations.NullMarked;
