/**
 * Legs over HTTP/1.1, on the event loop of the turn: each loop has its own connections to each
 * engine, so that nothing of a leg is shared between threads.
 *
 * <p>Starting points: {@link io.turnpike.engine.http.EngineConnections#send}, the one call; {@link
 * io.turnpike.engine.http.LegListener}, what comes of it; {@link
 * io.turnpike.engine.http.EnginePool}, which connection a leg gets.
 */
@NullMarked
package io.turnpike.engine.http;

import org.jspecify.annotations.NullMarked;
