/**
 * How long one step of an engine takes.
 *
 * <p>Starting point: {@link io.turnpike.simulator.step.StepModel}.
 */
@NullMarked
package io.turnpike.simulator.step;

import org.jspecify.annotations.NullMarked;
