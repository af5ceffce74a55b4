/**
 * The engine as an HTTP server: vLLM's routes, its streams, its metrics, and faults on command.
 *
 * <p>Starting points: {@link io.turnpike.simulator.http.SimulatedEngine}, {@link
 * io.turnpike.simulator.http.ServeCommand}.
 */
@NullMarked
package io.turnpike.simulator.http;

import org.jspecify.annotations.NullMarked;
