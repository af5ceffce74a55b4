/**
 * Turns as they come in by HTTP/1.1: a handler in Boot's own server, in front of WebFlux, that
 * takes requests for turn paths and leaves all else to it.
 *
 * <p>Starting points: {@link io.turnpike.gateway.http.TurnServer} puts it in; {@link
 * io.turnpike.gateway.http.TurnHandler} is what serves turns; {@link
 * io.turnpike.gateway.http.TurnExchange} is one request and its answer; {@link
 * io.turnpike.gateway.http.ClientConnection} keeps requests of one connection in order.
 */
@NullMarked
package io.turnpike.gateway.http;

import org.jspecify.annotations.NullMarked;
