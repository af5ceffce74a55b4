/**
 * What one turn would cost on each path, step by step: the teaching tool.
 *
 * <p>Starting point: {@link io.turnpike.simulator.explain.ExplainCommand}.
 */
@NullMarked
package io.turnpike.simulator.explain;

import org.jspecify.annotations.NullMarked;
