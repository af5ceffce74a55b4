/**
 * What an engine writes to its log: lines as vLLM 0.32.0 has them where people look for them.
 *
 * <p>Starting points: {@link io.turnpike.simulator.log.EngineLog}; {@link
 * io.turnpike.simulator.log.StatsLine}, the line of every ten seconds.
 */
@NullMarked
package io.turnpike.simulator.log;

import org.jspecify.annotations.NullMarked;
