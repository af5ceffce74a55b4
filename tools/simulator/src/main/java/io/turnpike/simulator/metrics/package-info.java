/**
 * {@code GET /metrics} as vLLM 0.32.0 writes it, and what is measured for it.
 *
 * <p>Starting points: {@link io.turnpike.simulator.metrics.EngineMetrics}.
 */
@NullMarked
package io.turnpike.simulator.metrics;

import org.jspecify.annotations.NullMarked;
