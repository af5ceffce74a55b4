/**
 * vLLM's routes, and {@code /sim/} beside them, as functions from request to response; no sockets.
 *
 * <p>Starting points: {@link io.turnpike.simulator.api.EngineApi}, the way of every request; {@link
 * io.turnpike.simulator.api.GenerationRoutes}, the ones that give answers.
 */
@NullMarked
package io.turnpike.simulator.api;

import org.jspecify.annotations.NullMarked;
