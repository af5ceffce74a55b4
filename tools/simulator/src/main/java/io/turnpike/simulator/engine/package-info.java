/**
 * One vLLM engine without a GPU: scheduler, KV memory and step times, driven from outside.
 *
 * <p>Starting points: {@link io.turnpike.simulator.engine.EngineCore}, which the HTTP server and
 * the virtual-time replay both drive; {@link io.turnpike.simulator.engine.EngineRequest}, what goes
 * in; {@link io.turnpike.simulator.engine.EngineListener}, what comes out.
 */
@NullMarked
package io.turnpike.simulator.engine;

import org.jspecify.annotations.NullMarked;
