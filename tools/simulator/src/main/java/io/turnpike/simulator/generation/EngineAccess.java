package io.turnpike.simulator.generation;

import io.turnpike.simulator.connector.KvConnector;
import io.turnpike.simulator.live.EngineDriver;

/**
 * The engine as requests see it.
 *
 * @param truth what cached blocks really hold
 * @param die makes the engine core die
 */
public record EngineAccess(
    EngineDriver driver, KvConnector connector, KvTruth truth, Runnable die) {}
