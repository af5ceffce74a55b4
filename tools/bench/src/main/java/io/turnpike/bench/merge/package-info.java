/**
 * Brings result files together and says which mode wins where.
 *
 * <p>Starting points: {@link io.turnpike.bench.merge.Merge}; {@link
 * io.turnpike.bench.merge.Crossover}; {@link io.turnpike.bench.merge.Verdict}.
 */
@NullMarked
package io.turnpike.bench.merge;

import org.jspecify.annotations.NullMarked;
