/**
 * Numbers about numbers: percentiles, confidence, service level objectives.
 *
 * <p>Starting points: {@link io.turnpike.bench.figures.Spread}; {@link
 * io.turnpike.bench.figures.Confidence}; {@link io.turnpike.bench.figures.Goodput}.
 */
@NullMarked
package io.turnpike.bench.figures;

import org.jspecify.annotations.NullMarked;
