/**
 * The benchmark command line.
 *
 * <p>Starting points: {@link io.turnpike.bench.Bench}; {@link io.turnpike.bench.LoadCommand}.
 */
@NullMarked
package io.turnpike.bench;

import org.jspecify.annotations.NullMarked;
