package io.turnpike.simulator.http;

import io.turnpike.simulator.connector.Connector;
import io.turnpike.simulator.connector.HandoffCounters;
import io.turnpike.simulator.live.EngineDriver;
import java.util.function.LongSupplier;

/**
 * What the parts of one running engine share.
 *
 * @param clock monotonic nanoseconds
 * @param die makes the engine core die
 */
record EngineParts(
    SimulatorOptions options,
    EngineDriver driver,
    Connector connector,
    HandoffCounters handoffs,
    KvTruth truth,
    EngineState state,
    EngineHistograms histograms,
    String fingerprint,
    LongSupplier clock,
    Runnable die) {}
