/**
 * The engine as an HTTP server and a process: its sockets, its options, its life.
 *
 * <p>Starting points: {@link io.turnpike.simulator.http.SimulatedEngine}, {@link
 * io.turnpike.simulator.http.ServeCommand}.
 */
@NullMarked
package io.turnpike.simulator.http;

import org.jspecify.annotations.NullMarked;
