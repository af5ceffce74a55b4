/**
 * The trace of a turn in OpenTelemetry's words: one span for the turn, one for each leg, which the
 * engine goes on with, and one for each of its other parts. Without it a turn costs nothing more.
 *
 * <p>Starting points: {@link io.turnpike.trace.TurnTracing}, {@link io.turnpike.trace.TurnTrace}.
 */
@NullMarked
package io.turnpike.trace;

import org.jspecify.annotations.NullMarked;
