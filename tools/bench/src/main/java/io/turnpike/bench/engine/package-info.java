/**
 * The engines behind a server: which they are, and what they count.
 *
 * <p>Starting points: {@link io.turnpike.bench.engine.ServerFacts}; {@link
 * io.turnpike.bench.engine.Engines}; {@link io.turnpike.bench.engine.CacheLedger}.
 */
@NullMarked
package io.turnpike.bench.engine;

import org.jspecify.annotations.NullMarked;
