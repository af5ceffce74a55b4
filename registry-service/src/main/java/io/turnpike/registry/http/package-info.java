/**
 * The registry's HTTP surface: read the table, watch it, register, drain.
 *
 * <p>Starting points: {@link io.turnpike.registry.http.NodeRoutes} lists the routes; {@link
 * io.turnpike.registry.http.WatchFeed} feeds watchers that may be slow.
 */
@NullMarked
package io.turnpike.registry.http;

import org.jspecify.annotations.NullMarked;
