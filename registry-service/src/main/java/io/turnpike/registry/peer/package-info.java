/**
 * Several registries that know the same: each asks the others what they know, twice a second.
 *
 * <p>Starting points: {@link io.turnpike.registry.peer.PeerExchange} asks.
 */
@NullMarked
package io.turnpike.registry.peer;

import org.jspecify.annotations.NullMarked;
