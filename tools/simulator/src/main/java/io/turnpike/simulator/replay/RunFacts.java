package io.turnpike.simulator.replay;

import io.turnpike.simulator.engine.EngineStats;
import java.util.List;

/**
 * What a run took.
 *
 * @param events things that happened
 * @param endNanos when the last one did
 * @param engines what each engine counted, in the cluster's order
 */
public record RunFacts(long events, long endNanos, List<EngineStats> engines) {}
