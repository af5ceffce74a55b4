/**
 * Engines as the gateway talks to them: one call of one turn is a leg.
 *
 * <p>Starting points: {@link io.turnpike.engine.EngineClient} runs one leg; {@link
 * io.turnpike.engine.InflightLoad} counts what is under way; {@link
 * io.turnpike.engine.EngineHealth} remembers who failed of late.
 */
@NullMarked
package io.turnpike.engine;

import org.jspecify.annotations.NullMarked;
