/**
 * The way of one turn as a pure state machine: events in with the time, effects out. JDK only.
 *
 * <p>Starting points: {@link io.turnpike.turn.TurnMachine}, the table of states and events; {@link
 * io.turnpike.turn.Event} and {@link io.turnpike.turn.Effect}, what goes in and comes out; {@link
 * io.turnpike.turn.Repute}, what turns learn from each other.
 */
@NullMarked
package io.turnpike.turn;

import org.jspecify.annotations.NullMarked;
