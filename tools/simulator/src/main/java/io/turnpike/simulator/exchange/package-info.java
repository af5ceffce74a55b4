/**
 * One HTTP exchange as values: what came and what goes back. What an engine answers can be asked
 * without a socket, and what goes wrong with an answer can be put into it.
 *
 * <p>Starting points: {@link io.turnpike.simulator.exchange.Request}, {@link
 * io.turnpike.simulator.exchange.Response}.
 */
@NullMarked
package io.turnpike.simulator.exchange;

import org.jspecify.annotations.NullMarked;
