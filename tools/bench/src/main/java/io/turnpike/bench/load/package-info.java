/**
 * Loads a server: when requests are due, sending them then whatever the server does, and whether
 * the result can be believed.
 *
 * <p>Starting points: {@link io.turnpike.bench.load.LoadRun}; {@link
 * io.turnpike.bench.load.Arrivals}; {@link io.turnpike.bench.load.Tally}.
 */
@NullMarked
package io.turnpike.bench.load;

import org.jspecify.annotations.NullMarked;
