/**
 * A gateway: what drives a turn from its request to its receipt, what surrounds it, and how it is
 * put together.
 *
 * <p>Starting points: {@link io.turnpike.gateway.TurnDriver}, one turn's way; {@link
 * io.turnpike.gateway.TurnConfiguration}, what drives it with what; {@link
 * io.turnpike.gateway.GatewayConfiguration}, the whole.
 */
@NullMarked
package io.turnpike.gateway;

import org.jspecify.annotations.NullMarked;
