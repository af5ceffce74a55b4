/**
 * Which way one turn goes: pure functions of the turn, the cluster, the load, costs and chance. The
 * proxy and the simulator's virtual-time replay run this same code, so it knows neither Spring,
 * Reactor nor a clock.
 *
 * <p>Starting points: {@link io.turnpike.routing.RoutingPolicy#of}, the policy of each mode; {@link
 * io.turnpike.routing.RouteDecision}, what a policy answers; {@link io.turnpike.routing.Recovery},
 * what to do when a leg failed before the client saw anything.
 */
@NullMarked
package io.turnpike.routing;

import org.jspecify.annotations.NullMarked;
