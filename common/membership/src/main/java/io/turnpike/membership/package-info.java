/**
 * Who is alive: the pure state machine of nodes, the probe that asks engines, and where a gateway
 * gets its table from.
 *
 * <p>Starting points: {@link io.turnpike.membership.ClusterSource} for those who route; {@link
 * io.turnpike.membership.Membership}, whose header holds the transition table, for those who want
 * to know why a node is in its state.
 */
@NullMarked
package io.turnpike.membership;

import org.jspecify.annotations.NullMarked;
