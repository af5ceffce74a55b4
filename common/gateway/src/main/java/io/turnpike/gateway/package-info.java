/**
 * What both HTTP services do around a turn: admission, recognising the conversation, deciding,
 * running the legs, relaying the answer, and the receipt.
 *
 * <p>Starting points: {@link io.turnpike.gateway.TurnGateway#serve}, the whole way of a turn in one
 * method; {@link io.turnpike.gateway.Legs}, what happens when a leg fails; {@link
 * io.turnpike.gateway.Receipt}, what is known of a turn afterwards.
 */
@NullMarked
package io.turnpike.gateway;

import org.jspecify.annotations.NullMarked;
