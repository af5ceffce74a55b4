/**
 * A vLLM engine without a GPU: as an HTTP server, and as a model in virtual time.
 *
 * <p>Starting points: {@link io.turnpike.simulator.Simulator}.
 */
@NullMarked
package io.turnpike.simulator;

import org.jspecify.annotations.NullMarked;
