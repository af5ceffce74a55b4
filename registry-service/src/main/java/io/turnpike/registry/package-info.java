/**
 * The registry: who is alive, learned from pings, registrations and lists, told to gateways.
 *
 * <p>Starting points: {@link io.turnpike.registry.Registry}, which puts the parts together in the
 * order in which they start; {@code io.turnpike.membership.Membership} for the rules.
 */
@NullMarked
package io.turnpike.registry;

import org.jspecify.annotations.NullMarked;
