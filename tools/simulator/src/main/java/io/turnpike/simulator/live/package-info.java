/**
 * The engine core under a wall clock: one thread owns the core and plays its events as time goes
 * by.
 *
 * <p>Starting points: {@link io.turnpike.simulator.live.EngineDriver}.
 */
@NullMarked
package io.turnpike.simulator.live;

import org.jspecify.annotations.NullMarked;
