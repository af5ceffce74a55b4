package io.turnpike.gateway;

import io.turnpike.engine.EngineHealth;
import io.turnpike.engine.EngineSettings;
import io.turnpike.engine.NodeSigns;
import io.turnpike.engine.http.EngineClients;
import io.turnpike.turn.InflightLoad;

/**
 * Engines as turns see them.
 *
 * @param clients connections, by loop
 * @param health what failed of late
 * @param load what is under way where
 * @param signs who sent something when
 */
record EnginesOfTurns(
    EngineClients clients,
    EngineSettings settings,
    EngineHealth health,
    InflightLoad load,
    NodeSigns signs) {}
