/**
 * The way of one turn as a pure state machine: events in with the time, effects out. JDK only.
 *
 * <p>Starting point: {@link io.turnpike.turn.Verdict}, what an answer proved to be.
 */
@NullMarked
package io.turnpike.turn;

import org.jspecify.annotations.NullMarked;
