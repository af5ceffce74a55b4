/**
 * What a client is told when something is wrong: one shape, for turns and for control endpoints.
 *
 * <p>Starting points: {@link io.turnpike.error.ApiError}, every error there is; {@link
 * io.turnpike.error.GatewayException}, one of them as a request's end.
 */
@NullMarked
package io.turnpike.error;

import org.jspecify.annotations.NullMarked;
