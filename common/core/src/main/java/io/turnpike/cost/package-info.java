/**
 * What a turn costs on each path, in milliseconds: constants of engines, what a gateway knows of
 * their work, and the price of a path as a sum of terms. The gateway, the replay and {@code
 * simulator explain} use this same code, and the simulated engines the same constants.
 *
 * <p>Starting points: {@link io.turnpike.cost.TurnPrices}, the formulas; {@link
 * io.turnpike.cost.EngineCosts}, the constants; {@link io.turnpike.cost.NodeWork}, what is known of
 * a node. JDK only; docs/adaptive.md has the reasons.
 */
@NullMarked
package io.turnpike.cost;

import org.jspecify.annotations.NullMarked;
