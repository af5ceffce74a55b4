/**
 * The highest rate at which an objective is met.
 *
 * <p>Starting points: {@link io.turnpike.bench.rate.RateSearch}; {@link
 * io.turnpike.bench.rate.RateRun}.
 */
@NullMarked
package io.turnpike.bench.rate;

import org.jspecify.annotations.NullMarked;
