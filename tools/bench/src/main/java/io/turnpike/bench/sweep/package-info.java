/**
 * Closed loops over a grid, a file a point.
 *
 * <p>Starting points: {@link io.turnpike.bench.sweep.SweepRun}; {@link
 * io.turnpike.bench.sweep.SweepFolder}.
 */
@NullMarked
package io.turnpike.bench.sweep;

import org.jspecify.annotations.NullMarked;
